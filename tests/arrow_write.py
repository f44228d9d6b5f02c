"""Writes the files that arrow_test reads, by pyarrow: arrow_write.py FOLDER. Exits with 77 where there is no pyarrow.
arrow_write.py FOLDER small: those of arrow_damage_test alone.

Each column of types.* stands here beside the texts that it must be read as (types.expected)."""

import datetime
import decimal
import math
import sys

try:
    import pyarrow as pa
    import pyarrow.parquet as pq
except ImportError as error:
    print(f"no pyarrow: {error}")
    sys.exit(77)

folder = sys.argv[1]
utc = datetime.timezone.utc
D = decimal.Decimal
decimal.getcontext().prec = 100
largest = 2**255 - 1


def micros(year, *rest, zone=None):
    return datetime.datetime(year, *rest, tzinfo=zone)


# Name, type, values, texts. The last row is null everywhere.
columns = [
    ("null", pa.null(), [None, None], ["", ""]),
    ("bool", pa.bool_(), [True, False], ["true", "false"]),
    ("int8", pa.int8(), [-128, 127], ["-128", "127"]),
    ("int16", pa.int16(), [-32768, 7], ["-32768", "7"]),
    ("int32", pa.int32(), [-(2**31), 0], ["-2147483648", "0"]),
    ("int64", pa.int64(), [-(2**63), 2**63 - 1], ["-9223372036854775808", "9223372036854775807"]),
    ("uint8", pa.uint8(), [0, 255], ["0", "255"]),
    ("uint16", pa.uint16(), [0, 65535], ["0", "65535"]),
    ("uint32", pa.uint32(), [1, 2**32 - 1], ["1", "4294967295"]),
    ("uint64", pa.uint64(), [1, 2**64 - 1], ["1", "18446744073709551615"]),
    ("float_a", pa.float32(), [0.5, 2.0**24], ["0.5", "1.6777216E+7"]),
    ("float_b", pa.float32(), [0.1, 16777215.0], ["0.1", "16777215"]),
    ("double_a", pa.float64(), [0.1, 1e18], ["0.1", "1E+18"]),
    ("double_b", pa.float64(), [2.0**53 - 1, 2.0**53], ["9007199254740991", "9.007199254740992E+15"]),
    ("double_c", pa.float64(), [1234567890123456789.0, -0.0], ["1.234567890123456768E+18", "0"]),
    ("double_d", pa.float64(), [-1.5, 1e-7], ["-1.5", "1e-07"]),
    ("double_e", pa.float64(), [2.0**255, -(2.0**60)],
     ["5.7896044618658097711785492504343953926634992332820282019728792003956564819968E+76",
      "-1.152921504606846976E+18"]),
    ("double_f", pa.float64(), [math.inf, math.nan], ["inf", "nan"]),
    ("decimal_a", pa.decimal128(38, 0), [D(10) ** 38 - 1, D(-5)], ["9" * 38, "-5"]),
    ("decimal_b", pa.decimal128(38, 9), [D("1.500000000"), D("-0.000000001")], ["1.5", "-0.000000001"]),
    ("decimal_c", pa.decimal256(76, 0), [D(10) ** 76 - 1, D(0)], ["9" * 76, "0"]),
    ("decimal_d", pa.decimal256(76, 18), [D("12345678901234567890.123456789012345678"), D("100")],
     ["12345678901234567890.123456789012345678", "100"]),
    ("decimal_e", pa.decimal128(10, 2), [D("0.00"), D("20.10")], ["0", "20.1"]),
    ("string", pa.string(), ["", "a,\"é"], ["", "a,\"é"]),
    ("large_string", pa.large_string(), ["x", "yy"], ["x", "yy"]),
    ("string_view", pa.string_view(), ["short", "longer than twelve bytes"], ["short", "longer than twelve bytes"]),
    ("binary", pa.binary(), [bytes(range(20)), b""], ["0x000102030405060708090a0b0c0d0e0f10111213", "0x"]),
    ("binary_text", pa.binary(), [b"0x" + b"aB" * 20, b"0x" + b"12" * 32], ["0x" + "aB" * 20, "0x" + "12" * 32]),
    ("binary_odd", pa.binary(), [b"0x" + b"zz" * 20, b"ab" * 21], ["0x3078" + "7a" * 40, "0x" + "6162" * 21]),
    ("large_binary", pa.large_binary(), [b"\xab" * 32, b"\x00"], ["0x" + "ab" * 32, "0x00"]),
    ("binary_view", pa.binary_view(), [b"\xcd" * 20, b"\x01"], ["0x" + "cd" * 20, "0x01"]),
    ("fixed", pa.binary(20), [b"\x9f" * 20, b"\x00" * 20], ["0x" + "9f" * 20, "0x" + "00" * 20]),
    ("fixed_32", pa.binary(32), [(10**18).to_bytes(32, "big"), b"\xff" * 32],
     ["0x" + "0" * 49 + "de0b6b3a7640000", "0x" + "ff" * 32]),
    ("timestamp_s", pa.timestamp("s"), [micros(2017, 3, 6, 4, 40, 7), micros(1970, 1, 1)],
     ["2017-03-06T04:40:07Z", "1970-01-01T00:00:00Z"]),
    ("timestamp_ms", pa.timestamp("ms", "Asia/Tokyo"), [0, 1_600_000_000_999],
     ["1970-01-01T00:00:00Z", "2020-09-13T12:26:40Z"]),
    ("timestamp_us", pa.timestamp("us", "UTC"), [-1, 951_782_399_999_999], ["1969-12-31T23:59:59Z", "2000-02-28T23:59:59Z"]),
    ("timestamp_ns", pa.timestamp("ns"), [1, 1_709_210_096_000_000_000],
     ["1970-01-01T00:00:00Z", "2024-02-29T12:34:56Z"]),
    ("timestamp_far", pa.timestamp("ms"), [253_402_300_799_000, 253_402_300_800_000],
     ["9999-12-31T23:59:59Z", "253402300800"]),
    ("date32", pa.date32(), [datetime.date(2024, 2, 29), datetime.date(1969, 12, 31)], ["2024-02-29", "1969-12-31"]),
    ("date64", pa.date64(), [datetime.date(2024, 12, 31), datetime.date(1970, 1, 1)], ["2024-12-31", "1970-01-01"]),
    ("dictionary", pa.dictionary(pa.int8(), pa.string()), ["b", "b"], ["b", "b"]),
    ("dictionary_bytes", pa.dictionary(pa.uint32(), pa.binary()), [b"\x01" * 20, b"\x02"], ["0x" + "01" * 20, "0x02"]),
    ("list", pa.list_(pa.int64()), [[1, None, 3], []], ["[1,null,3]", "[]"]),
    ("large_list", pa.large_list(pa.string()), [["a\"\n", None], ["\\"]], ['["a\\"\\u000a",null]', '["\\\\"]']),
    ("fixed_list", pa.list_(pa.float64(), 2), [[0.5, math.nan], [1.0, 1e18]], ["[0.5,null]", "[1,1E+18]"]),
    ("outputs",
     pa.list_(pa.struct([("index", pa.int64()), ("addresses", pa.list_(pa.string())), ("value", pa.decimal128(38, 9))])),
     [[{"index": 0, "addresses": ["1A", "3B"], "value": D("50.000000001")}, None],
      [{"index": 1, "addresses": None, "value": None}]],
     ['[{"index":0,"addresses":["1A","3B"],"value":50.000000001},null]', '[{"index":1,"addresses":null,"value":null}]']),
    ("struct", pa.struct([("at", pa.timestamp("s")), ("bytes", pa.binary()), ("ok", pa.bool_())]),
     [{"at": micros(2017, 3, 6), "bytes": b"\x01", "ok": True}, {"at": None, "bytes": None, "ok": None}],
     ['{"at":"2017-03-06T00:00:00Z","bytes":"0x01","ok":true}', '{"at":null,"bytes":null,"ok":null}']),
    ("map", pa.map_(pa.string(), pa.int32()), [[("a", 1)], []], ['[{"key":"a","value":1}]', "[]"]),
    ("uuid", pa.uuid(), [bytes(16), b"\x01" * 16], ["0x" + "00" * 16, "0x" + "01" * 16]),
]

wrong = [
    ("time32", pa.time32("s"), 1), ("time64", pa.time64("ns"), 1), ("duration", pa.duration("s"), 1),
    ("half", pa.float16(), 1.0), ("listed", pa.list_(pa.duration("s")), [1]),
    ("structured", pa.struct([("t", pa.time32("s"))]), {"t": 1}),
]


def column(kind, values):
    if isinstance(kind, pa.BaseExtensionType):
        return pa.ExtensionArray.from_storage(kind, pa.array(values, kind.storage_type))
    return pa.array(values, kind)


def save(name, table, codec, parquet=True, **options):
    if parquet:
        pq.write_table(table, f"{folder}/{name}.parquet", compression=codec or "none", write_page_checksum=True,
                       use_deprecated_int96_timestamps=False, **options)
    ipc = pa.ipc.IpcWriteOptions(compression=codec)
    with pa.ipc.new_file(f"{folder}/{name}.arrow", table.schema, options=ipc) as writer:
        writer.write_table(table, max_chunksize=20_000)
    with pa.ipc.new_stream(f"{folder}/{name}.arrows", table.schema, options=ipc) as writer:
        writer.write_table(table, max_chunksize=20_000)


def save_small():
    """Two row groups or batches with every kind of column that our code walks through."""
    chosen = ("bool", "uint64", "double_a", "decimal_b", "decimal_c", "string", "binary", "fixed", "timestamp_us", "timestamp_ns",
              "date32", "dictionary", "dictionary_bytes", "list", "outputs", "struct")
    table = pa.table({name: column(kind, (values + [None]) * 8) for name, kind, values, _ in columns if name in chosen})
    views = table.append_column("view", pa.array(["short", "longer than twelve bytes", None] * 8, pa.string_view()))
    halves = {"row_group_size": 12}
    for name, codec, options in (("small", None, {}), ("small_zstd", "zstd", {"write_page_checksum": True}),
                                 ("small_plain", None, {"use_dictionary": False, "data_page_version": "2.0", "store_schema": False})):
        pq.write_table(table, f"{folder}/{name}.parquet", compression=codec or "none", **halves, **options)
        ipc = pa.ipc.IpcWriteOptions(compression=codec)
        for suffix, new in ("arrow", pa.ipc.new_file), ("arrows", pa.ipc.new_stream):
            with new(f"{folder}/{name}.{suffix}", views.schema, options=ipc) as writer:
                writer.write_table(views, max_chunksize=12)


if sys.argv[2:] == ["small"]:
    save_small()
    sys.exit()

arrays = [column(kind, values + [None]) for _, kind, values, _ in columns]
names = [name for name, *_ in columns]
save("types", pa.table(arrays, names=names), "zstd")
# What Parquet says of itself, without the schema that pyarrow adds.
plain = [i for i, (name, *_) in enumerate(columns) if name not in ("timestamp_s",)]
pq.write_table(pa.table([arrays[i] for i in plain], names=[names[i] for i in plain]), f"{folder}/plain.parquet",
               store_schema=False, version="2.6")
with open(f"{folder}/types.expected", "w", encoding="utf-8") as expected:
    for name, _, _, texts in columns:
        expected.write("\t".join([name] + texts + [""]) + "\n")

values = [pa.array([value, None], kind) for _, kind, value in wrong]
save("wrong", pa.table(values + [pa.array([1, 2])], names=[name for name, *_ in wrong] + ["good"]), None, parquet=False)
pq.write_table(pa.table({"time": pa.array([1, None], pa.time64("us")), "good": [1, 2]}), f"{folder}/wrong.parquet")

size = 100_000
rows = pa.table({
    "hash": [f"0x{i:064x}" for i in range(size)],
    "from": pa.array([(i % 7).to_bytes(20, "big") for i in range(size)], pa.binary()),
    "unread": ["x" * 50] * size,
    "to": [f"0x{i % 11:040x}" for i in range(size)],
    "value": pa.array([D(i) * 10**30 for i in range(size)], pa.decimal256(76, 0)),
    "block": pa.array([i // 3 if i % 5 else None for i in range(size)], pa.int64()),
})
save("rows", rows, "lz4", row_group_size=40_000)
encoded = pa.table([rows.column(0), rows.column(1).dictionary_encode(), rows.column(2), rows.column(3).dictionary_encode(),
                    rows.column(4), rows.column(5)], names=rows.column_names)
save("encoded", encoded, None, row_group_size=1_000)

# A column that begins with references to a dictionary, and goes on without.
pq.write_table(pa.table({"a": [f"account {i % 7 if i < 25_000 else i}" for i in range(60_000)]}),
               f"{folder}/mixed.parquet", row_group_size=20_000, dictionary_pagesize_limit=1000, data_page_size=1000)

few = rows.slice(0, 300)
for name, codec in ("few", None), ("few_zstd", "zstd"):
    save(name, few, codec, row_group_size=100)
save("empty", rows.slice(0, 0), None)
save("null", pa.table({"a": pa.array([None] * 3, pa.string()), "b": pa.nulls(3)}), None)
save("twice", pa.table([pa.array([1]), pa.array([2])], names=["Account", "Account"]), None)
pq.write_table(pa.table({"time": pa.array([micros(1500, 1, 1), micros(2017, 3, 6)], pa.timestamp("us"))}),
               f"{folder}/int96.parquet", use_deprecated_int96_timestamps=True)
with open(f"{folder}/few.arrows", "rb") as stream, open(f"{folder}/unended.arrows", "wb") as cut:
    cut.write(stream.read()[:-8])

# One ledger in two parts, in Parquet with several row groups and in CSV: many rows at one time, so that ids order them,
# some without an id, some that are dropped.
size = 40_000
chain = pa.table({
    "id": [None if i % 11 == 0 else f"0x{i * 7919 % size:064X}" if i % 3 else f"id {i * 31 % size}" for i in range(size)],
    "from": [f"0x{i * i % 997:040x}" for i in range(size)],
    "to": pa.array([f"0x{i % 13:040x}" for i in range(size)]).dictionary_encode(),
    "value": pa.array([i % 50 * (1 if i % 4 else 10**20) for i in range(size)], pa.decimal128(38, 0)),
    "time": pa.array([1_500_000_000 + i // 50 for i in range(size)], pa.timestamp("s")),
    "number": pa.array([i if i % 7 else None for i in range(size)], pa.int64()),
})
# The same with accounts that are integers, some of them unknown, below zero or large.
numbered = chain.set_column(1, "from", pa.array([None if i % 90 == 0 else i * i % 997 - 5 if i % 40 else 2**40 + i % 5 for i in range(size)], pa.int64()))
numbered = numbered.set_column(2, "to", pa.array([i % 13 if i % 17 else 4_000_000_000 for i in range(size)], pa.uint32()))
parts = (chain, "a", 0, 25_000), (chain, "b", 25_000, size), (numbered, "n", 0, 25_000), (numbered, "m", 25_000, size)
for whole, part, begin, end in parts:
    rows = whole.slice(begin, end - begin)
    pq.write_table(rows, f"{folder}/chain_{part}.parquet", row_group_size=6_000, write_page_checksum=True)
    with open(f"{folder}/chain_{part}.csv", "w", encoding="utf-8") as text:
        text.write("id,from,to,value,time,number\n")
        for row in rows.to_pylist():
            text.write(f"{row['id'] or ''},{'' if row['from'] is None else row['from']},{row['to']},{row['value']},{row['time'].isoformat()},"
                       f"{'' if row['number'] is None else row['number']}\n")
