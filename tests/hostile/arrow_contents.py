"""Writes hostile Parquet and Arrow files, by pyarrow: arrow_contents.py FOLDER. Exits with 77 where there is no pyarrow."""

import decimal
import pathlib
import sys

try:
    import pyarrow as pa
    import pyarrow.parquet as pq
except ImportError as error:
    print(f"no pyarrow: {error}")
    sys.exit(77)

folder = pathlib.Path(sys.argv[1])
size = 300
decimal.getcontext().prec = 100


def columns(**changes):
    return {
        "hash": [f"0x{i:064x}" for i in range(size)],
        "block_number": pa.array(range(size), pa.int64()),
        "transaction_index": pa.array([0] * size, pa.int64()),
        "from_address": [f"0x{i % 7:040x}" for i in range(size)],
        "to_address": [f"0x{i % 11 + 100:040x}" for i in range(size)],
        "value": pa.array([decimal.Decimal(i + 1) * 10**30 for i in range(size)], pa.decimal256(76, 0)),
        "block_timestamp": pa.array([1_600_000_000 + i for i in range(size)], pa.timestamp("s", "UTC")),
        **changes,
    }


def stream_of(table):
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue().to_pybytes()


def save(name, table):
    pq.write_table(table, folder / f"{name}.parquet", write_page_checksum=True, row_group_size=100)
    with pa.ipc.new_file(str(folder / f"{name}.arrow"), table.schema) as writer:
        writer.write_table(table, max_chunksize=100)
    (folder / f"{name}.arrows").write_bytes(stream_of(table))


good = pa.table(columns())
save("good", good)
save("no_rows", good.slice(0, 0))
pq.ParquetWriter(folder / "no_groups.parquet", good.schema).close()
save("null_senders", pa.table(columns(from_address=pa.array([None] * size, pa.string()))))
save("null_values", pa.table(columns(value=pa.array([None] * size, pa.int64()))))
save("null_times", pa.table(columns(block_timestamp=pa.array([None] * size, pa.timestamp("s")))))
save("number_senders", pa.table(columns(from_address=pa.array(range(size), pa.int64()))))
save("negative_values", pa.table(columns(value=pa.array([-1] * size, pa.int64()))))
save("endless_values", pa.table(columns(value=pa.array([float("inf")] * size))))
save("text_values", pa.table(columns(value=["many"] * size)))
save("nested_senders", pa.table(columns(from_address=[{"address": "0x1"}] * size)))
save("listed_senders", pa.table(columns(from_address=[["0x1", "0x2"]] * size)))
save("far_times", pa.table(columns(block_timestamp=pa.array([-(2**62) * (i % 2) for i in range(size)]))))
save("wide_times", pa.table(columns(block_timestamp=pa.array([2**33 * (i % 2) for i in range(size)], pa.timestamp("s")))))
save("other_columns", pa.table({"colour": ["red"], "taste": ["sweet"]}))
save("nul_senders", pa.table(columns(from_address=["a\0b\x1b[31m"] * size)))
pq.write_table(pa.table(columns(value=pa.array([1] * size, pa.time64("us")))), folder / "clock_values.parquet")
twice = pa.table(list(columns().values()) + [good.column("value")], names=list(columns()) + ["value"])
save("twice", twice)
pq.write_table(pa.table({f"c{i}": [1] for i in range(20_000)}), folder / "many_columns.parquet")
bomb = pa.table({"from_address": pa.array(["x" * (1 << 20)]).take(pa.array([0] * 900))})
for name in ("to_address", "value", "block_timestamp"):
    bomb = bomb.append_column(name, pa.array(["1"] * 900))
pq.write_table(bomb, folder / "bomb.parquet", compression="zstd")

# Lengths that lie: of the metadata, and in it.
stream = stream_of(good)
for name, length in ("huge", 0x7FFFFFFF), ("negative", 0xFFFFFFF0), ("large", 0x10000000):
    (folder / f"{name}_metadata.arrows").write_bytes(stream[:4] + length.to_bytes(4, "little") + stream[8:])
(folder / "no_end.arrows").write_bytes(stream[:-8])
(folder / "twice_over.arrows").write_bytes(stream + stream)
whole = (folder / "good.parquet").read_bytes()
for name, length in ("long", 0x7FFFFFFF), ("short", 1), ("none", 0):
    (folder / f"{name}_footer.parquet").write_bytes(whole[:-8] + length.to_bytes(4, "little") + b"PAR1")
(folder / "magic.parquet").write_bytes(b"PAR1")
(folder / "magics.parquet").write_bytes(b"PAR1PAR1")
(folder / "no_columns.parquet").write_bytes(b"")
pq.write_table(pa.table({}), folder / "no_columns.parquet")
