"""The same rows as a packed ledger for ringscan and as a Parquet file of integers for everybody else."""

import json
import os
import subprocess

from questions import listed_merchants

COLUMNS = [("f", "int32"), ("t", "int32"), ("s", "int32"), ("a", "int8"), ("v", "int64")]
ROW_GROUP = 1 << 18  # rows: enough groups for every core of a large machine, large enough for Polars


def make(writer, shape, rows, folder):
    """Writes ledger.ledger, ledger.parquet, merchants.txt and ledger.json into the folder, and returns what is in the last. Loads pyarrow."""
    import numpy
    import pyarrow
    import pyarrow.parquet

    folder.mkdir(parents=True, exist_ok=True)
    command = [writer, shape, str(rows), str(listed_merchants(shape, rows)), "100", str(folder)]
    schema = pyarrow.schema([(name, pyarrow.type_for_alias(kind)) for name, kind in COLUMNS])
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        with pyarrow.parquet.ParquetWriter(folder / "ledger.parquet", schema, compression="snappy") as parquet:
            while head := process.stdout.read(8):
                count = int.from_bytes(head, "little")
                columns = [numpy.frombuffer(process.stdout.read(count * numpy.dtype(kind).itemsize), kind) for _, kind in COLUMNS]
                parquet.write_table(pyarrow.table(columns, schema=schema), row_group_size=ROW_GROUP)
    if process.returncode != 0:
        raise RuntimeError(f"{writer} failed")
    facts = json.loads((folder / "ledger.json").read_text())
    facts["bytes"] = {"ringscan": (folder / "ledger.ledger").stat().st_size, "peers": (folder / "ledger.parquet").stat().st_size}
    return facts


def forget(folder):
    """Drops the ledger's files from the page cache, as far as nobody maps them."""
    for name in ("ledger.ledger", "ledger.parquet"):
        descriptor = os.open(folder / name, os.O_RDONLY)
        os.fsync(descriptor)
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(descriptor)
