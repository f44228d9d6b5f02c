"""Hostile files: compressed, columnar, and what stands in a folder in place of a ledger."""

import os
import socket
import threading

from contents import (COLUMNS, GIB, MIB, RING, address, gzip_bomb, gzip_of, gzip_of_members, gzip_with_wrong, json_line,
                      many_rows, nested_gzip, row, zstd_bomb, zstd_frame, zstd_of, zstd_with_wrong_checksum)
from hostile import Damaged, Folder, Hostile

begin = COLUMNS.encode()
w, m = address("w"), address("m")

compressed = [
    Hostile("gzip of several members", gzip_of(COLUMNS) + gzip_of(RING[len(COLUMNS):]), 0, ledger={"transactions": 3}),
    Hostile("gzip with zeros behind it", gzip_of(RING) + b"\0" * 1000, 0, ledger={"transactions": 3}),
    Hostile("gzip with other bytes behind it", gzip_of(RING) + b"more", 3, "bytes that are not gzip follow"),
    Hostile("gzip with a wrong checksum", lambda: gzip_with_wrong(8), 3, "the checksum of its gzip stream"),
    Hostile("gzip with a wrong length", lambda: gzip_with_wrong(4), 3, "gzip stream"),
    Hostile("gzip: the magic alone", b"\x1f\x8b", 3, "cut off"),
    Hostile("gzip: of nothing", gzip_of(""), 3, "is empty"),
    Hostile("gzip: a name without end", b"\x1f\x8b\x08\x08\0\0\0\0\0\xff" + b"x" * 10**6, 3, "gzip stream"),
    Hostile("gzip in gzip", lambda: nested_gzip(2), 3),
    Hostile("gzip of zstd", lambda: gzip_of(zstd_of(RING)), 3),
    Hostile("gzip of 10,000 empty members", lambda: gzip_of_members(10_000), 0, ledger={"transactions": 1}),
    Hostile("gzip: 1 GiB of zeros", lambda: gzip_bomb(begin, b"\0" * MIB), 3, "256 MiB", is_big=True),
    Hostile("gzip: 1 GiB of line feeds", lambda: gzip_bomb(begin, b"\n" * MIB), 0, ledger={"transactions": 0}, is_big=True),
    Hostile("gzip: a quote and 1 GiB", lambda: gzip_bomb(begin + b'"', b"x\n" * (MIB // 2)), 3, "256 MiB", is_big=True),
    Hostile("gzip: a header of 1 GiB", lambda: gzip_bomb(b"", b"," * MIB), 3, "256 MiB", is_big=True),
    Hostile("gzip: JSON of 1 GiB", lambda: gzip_bomb(b'{"a":', b"[" * MIB), 3, "256 MiB", is_big=True),
    Hostile("zstd", lambda: zstd_of(RING), 0, ledger={"transactions": 3}),
    Hostile("zstd with a wrong checksum", zstd_with_wrong_checksum, 3, "the checksum of its zstd stream"),
    Hostile("zstd with other bytes behind it", lambda: zstd_of(RING) + b"more", 3, "bytes that are not zstd follow"),
    Hostile("zstd: the magic alone", b"\x28\xb5\x2f\xfd", 3, "cut off"),
    Hostile("zstd: 1 GiB of zeros", lambda: zstd_bomb(begin, b"\0"), 3, "256 MiB", is_big=True),
    Hostile("zstd: 1 GiB of line feeds", lambda: zstd_bomb(begin, b"\n"), 0, ledger={"transactions": 0}, is_big=True),
    Hostile("zstd: a quote and 1 GiB", lambda: zstd_bomb(begin + b'"', b"\n"), 3, "256 MiB", is_big=True),
    Hostile("zstd with a window of 2 GiB", lambda: zstd_frame([RING.encode()], window_log=31), 0, ledger={"transactions": 3}),
    Hostile("zstd with a window of 2 GiB that is used", lambda: zstd_bomb(begin, b"\n", window_log=31), 0, is_big=True),
    Hostile("zstd with a window of 4 GiB", lambda: zstd_frame([RING.encode()], window_log=32), 3, "a window above 2 GiB"),
    Hostile("zstd with a window of 2^41", lambda: zstd_frame([RING.encode()], window_log=41), 3, "a window above 2 GiB"),
    Hostile("zstd with a dictionary", lambda: zstd_frame([RING.encode()], dictionary=b"\1\2\3\4"), 3, "dictionary"),
    Hostile("zstd with a size that lies", lambda: zstd_frame([RING.encode()], content_size=2**50), 3, "zstd"),
    Hostile("zstd: a skippable frame that is not there", b"\x50\x2a\x4d\x18\xff\xff\xff\xff", 3, "cut off"),
    Hostile("zstd: skippable frames alone", b"\x50\x2a\x4d\x18\0\0\0\0" * 1000, 3, "is empty"),
    Hostile("lz4", b"\x04\x22\x4d\x18" + bytes(100), 3, "lz4"),
    Hostile("xz", b"\xfd7zXZ\0" + bytes(100), 3, "xz"),
    Hostile("a zip archive", b"PK\x03\x04" + bytes(100), 3, "zip"),
]


def sparse(folder):
    with open(folder / "in.csv", "wb") as file:
        file.write(begin + b"0x1,1,0,")
        file.truncate(GIB)


def mixed(folder):
    (folder / "many").mkdir()
    (folder / "many/a.csv").write_text(RING)
    (folder / "many/b.json").write_text(json_line(block_timestamp="400"))
    (folder / "many/c.csv").write_text("colour,taste\nred,sweet\n")


def files(**contents):
    def make(folder):
        for name, content in contents.items():
            path = folder / name.replace("__", "/").replace("_dot_", ".")
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return Folder(make)


def named(name, content=RING):
    return Folder(lambda folder: (folder / name).write_bytes(content.encode()))


def locked(folder):
    (folder / "in.csv").write_text(RING)
    (folder / "in.csv").chmod(0)


def fifo(folder):
    os.mkfifo(folder / "in.csv")
    threading.Thread(target=lambda: (folder / "in.csv").write_text(RING), daemon=True).start()


def fifo_in_a_folder(folder):
    (folder / "many").mkdir()
    os.mkfifo(folder / "many/in.csv")


def listening(folder):
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(str(folder / "in.csv"))


def link(target, name="in.csv"):
    return Folder(lambda folder: (folder / name).symlink_to(target))


places = [
    Hostile("a field of 1 GiB, mostly holes", Folder(sparse), 3, "256 MiB", is_big=True),
    Hostile("mixed schemas in a folder", Folder(mixed), 3, "c.csv", file="many"),
    Hostile("CSV and JSON in a folder", files(many__a_dot_csv=RING, many__b_dot_json=json_line()), 0, file="many", ledger={"transactions": 4}),
    Hostile("an empty file among others", files(many__a_dot_csv=RING, many__b_dot_csv=""), 3, "b.csv is empty", file="many"),
    Hostile("a cut file among others", files(many__a_dot_csv=RING, many__b_dot_gz=gzip_of(RING)[:-1]), 3, "b.gz is cut off", file="many"),
    Hostile("a folder", Folder(lambda folder: (folder / "in.csv").mkdir()), 4, "no files"),
    Hostile("a folder in a folder in a file's place", Folder(lambda folder: (folder / "in.csv/in.csv").mkdir(parents=True)), 4, "no files"),
    Hostile("a link to nothing", link("nowhere"), 4, "No such file"),
    Hostile("a link to itself", link("in.csv"), 4, "in.csv"),
    Hostile("a link to its folder", Folder(lambda folder: ((folder / "many").mkdir(), (folder / "many/many").symlink_to("."))), 4,
            "a link to a directory that contains it", file="many"),
    Hostile("a file that may not be read", Folder(locked), 4, "Permission denied"),
    Hostile("a pipe with a name", Folder(fifo), 0, ledger={"transactions": 3}),
    Hostile("a pipe in a folder", Folder(fifo_in_a_folder), 4, "neither a file nor a directory", file="many"),
    Hostile("a socket", Folder(listening), 4, "in.csv"),
    Hostile("zeros without end", Folder(lambda folder: None), 3, "256 MiB", file="/dev/zero", is_big=True),
    Hostile("the device of nothing", Folder(lambda folder: None), 3, "is empty", file="/dev/null"),
    Hostile("a file of this system's, of size 0", Folder(lambda folder: None), 3, file="/proc/self/status"),
    Hostile("memory that may not be read", Folder(lambda folder: None), 4, file="/proc/self/mem"),
    Hostile("a path of Windows", Folder(lambda folder: None), 4, "No such file", file="C:\\data\\in.csv"),
    Hostile("a name as a path of Windows", named("C:\\in.csv"), 0, file="C:\\in.csv", ledger={"transactions": 3}),
    Hostile("a name like a glob", named("[a-z]*.csv"), 0, file="[a-z]*.csv", ledger={"transactions": 3}),
    Hostile("a glob that is broken", Folder(lambda folder: None), 4, file="[a-z"),
    Hostile("a name that is too long", Folder(lambda folder: None), 4, "File name too long", file="x" * 5000),
    Hostile("a name like an option", named("--overwrite"), 0, file="./--overwrite"),
    Hostile("a name with a comma", named("a,b.csv"), 0, file="a,b.csv", ledger={"transactions": 3}),
    Hostile("a name with colours, of a good file", named("\x1b[31m.csv"), 0, file="\x1b[31m.csv"),
    Hostile("a name with colours, of an empty file", named("\x1b[31m.csv", ""), 3, "is empty", file="\x1b[31m.csv"),
    Hostile("a name with colours, of bad rows", named("\x1b[31m.csv", RING + "x\n"), 3, "bad row", file="\x1b[31m.csv"),
    Hostile("a name with colours, of nothing", Folder(lambda folder: None), 4, "No such file", file="\x1b[31m.csv"),
    Hostile("a name with a line feed, of an empty file", named("a\nringscan: all is well", ""), 3, "is empty", file="a\nringscan: all is well"),
    Hostile("a name with a line feed, of bad rows", named("a\nb.csv", RING + "x\n"), 3, "bad row", file="a\nb.csv"),
    Hostile("a name that is not UTF-8", Folder(lambda folder: open(os.fsencode(folder) + b"/\xff.csv", "w").close()), 3, "is empty", file="\udcff.csv"),
]


def arrow(name, code, says="", **more):
    return Hostile(f"Arrow: {name}", None, code, says, file=f"@/{name}", **more)


def each_kind(name, code, says="", **more):
    return [arrow(f"{name}.{kind}", code, says, **more) for kind in ("parquet", "arrow", "arrows")]


columnar = [
    *each_kind("good", 0, ledger={"transactions": 300}),
    *each_kind("no_rows", 0, ledger={"transactions": 0}),
    arrow("no_groups.parquet", 0, ledger={"transactions": 0}),
    *each_kind("null_senders", 0, ledger={"transactions": 0, "no_sender": 300}),
    *each_kind("null_values", 3, "value"),
    *each_kind("null_times", 3, "block_timestamp"),
    *each_kind("number_senders", 3, "from_address"),
    *each_kind("negative_values", 3, "value"),
    *each_kind("endless_values", 3, "value"),
    *each_kind("text_values", 3, "value"),
    *each_kind("nested_senders", 3, "from_address"),
    *each_kind("listed_senders", 3, "from_address"),
    *each_kind("far_times", 3, "2^32"),
    *each_kind("wide_times", 3, "2^32"),
    *each_kind("other_columns", 3, "no schema matches"),
    *each_kind("nul_senders", 3, "from_address"),
    arrow("clock_values.parquet", 3, "value"),
    *each_kind("twice", 3, "value"),
    arrow("many_columns.parquet", 3, "no schema matches"),
    arrow("no_columns.parquet", 3),
    arrow("bomb.parquet", 3, is_big=True),
    arrow("huge_metadata.arrows", 3),
    arrow("negative_metadata.arrows", 3),
    arrow("large_metadata.arrows", 3),
    arrow("no_end.arrows", 3, "the mark at the end of the stream is missing"),
    arrow("twice_over.arrows", 3, "other bytes follow"),
    arrow("long_footer.parquet", 3),
    arrow("short_footer.parquet", 3),
    arrow("none_footer.parquet", 3),
    arrow("magic.parquet", 3),
    arrow("magics.parquet", 3),
]

TABLE = compressed + places + columnar

DAMAGED = [
    Damaged("CSV", lambda: many_rows(30).encode(), cut_codes=(0, 3), is_checked=False),
    Damaged("JSON lines", lambda: "".join(json_line(value=str(i)) for i in range(30)).encode(), cut_codes=(0, 3), is_checked=False),
    Damaged("gzip", lambda: gzip_of(many_rows())),
    Damaged("gzip of members", lambda: gzip_of(COLUMNS) + b"".join(gzip_of(row(i, "w", "m", 5)) for i in range(1, 20)), cut_codes=(0, 3)),
    Damaged("zstd", lambda: zstd_of(many_rows())),
    Damaged("zstd, packed tightly", lambda: zstd_of(many_rows(), 19)),
    Damaged("Parquet", None, file="@/good.parquet", is_checked=False),
    Damaged("Arrow file", None, file="@/good.arrow", is_checked=False),
    Damaged("Arrow stream", None, file="@/good.arrows", cut_codes=(0, 3), is_checked=False),
]
