"""Writes the Parquet files that exporters_parquet_test reads: exporters_write.py FOLDER turns each FOLDER/NAME.cells, lines
of cells between tabs (names, types, rows; \\N is null), into NAME.parquet. Exits with 77 where there is no pyarrow."""

import datetime
import decimal
import json
import pathlib
import re
import sys

try:
    import pyarrow as pa
    import pyarrow.parquet as pq
except ImportError as error:
    print(f"no pyarrow: {error}")
    sys.exit(77)

decimal.getcontext().prec = 100
seconds = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(\.0+)?( UTC|Z)?")


def time(text):
    """Unix times too."""
    if text.isdigit():
        return datetime.datetime.fromtimestamp(int(text), datetime.timezone.utc).replace(tzinfo=None)
    day, second = seconds.fullmatch(text).group(1, 2)
    return datetime.datetime.fromisoformat(f"{day} {second}")


def coins(text):
    return [{**coin, "value": decimal.Decimal(coin["value"])} for coin in json.loads(text)]


# Type, and what makes its value of a cell.
types = {
    "string": (pa.string(), str),
    "binary": (pa.binary(), lambda text: bytes.fromhex(text.removeprefix("0x"))),
    "bool": (pa.bool_(), {"true": True, "false": False}.__getitem__),
    "int64": (pa.int64(), int),
    "uint32": (pa.uint32(), int),
    "uint64": (pa.uint64(), int),
    "double": (pa.float64(), float),
    "decimal(38,0)": (pa.decimal128(38, 0), decimal.Decimal),
    "decimal(38,9)": (pa.decimal128(38, 9), decimal.Decimal),
    "decimal(76,38)": (pa.decimal256(76, 38), decimal.Decimal),
    "date": (pa.date32(), datetime.date.fromisoformat),
    "int96": (pa.timestamp("ns"), time),
    "integers": (pa.list_(pa.int64()), json.loads),
    "strings": (pa.list_(pa.string()), json.loads),
    "coins": (pa.list_(pa.struct([("addresses", pa.list_(pa.string())), ("value", pa.decimal128(38, 9))])), coins),
    "aws_coins": (pa.list_(pa.struct([("address", pa.string()), ("value", pa.float64())])), json.loads),
    **{f"timestamp[{unit}]": (pa.timestamp(unit), time) for unit in ("ms", "us", "ns")},
    **{f"timestamp[{unit},UTC]": (pa.timestamp(unit, "UTC"), time) for unit in ("ms", "us")},
}

for path in pathlib.Path(sys.argv[1]).glob("*.cells"):
    names, kinds, *rows = [line.split("\t") for line in path.read_text().splitlines()]
    assert {len(line) for line in rows} == {len(names)} == {len(kinds)}, path.name
    columns = []
    for kind, cells in zip(kinds, zip(*rows, strict=True), strict=True):
        arrow_type, value = types[kind]
        columns.append(pa.array([None if cell == "\\N" else value(cell) for cell in cells], arrow_type))
    pq.write_table(pa.table(columns, names=names), path.with_suffix(".parquet"), store_schema=False,
                   use_deprecated_int96_timestamps="int96" in kinds)
