"""Writes what the fuzz targets begin with: seeds.py FOLDER makes a folder for each target, of the hostile texts that are
short, and words.dict with the words of headers."""

import pathlib
import sys

tests = pathlib.Path(__file__).resolve().parent.parent
sys.path[:0] = [str(tests), str(tests / "hostile")]
import contents  # noqa: E402
import text_table  # noqa: E402

LONGEST = 4096
folder = pathlib.Path(sys.argv[1])

texts = []
for case in text_table.TABLE:
    content = case.content() if callable(case.content) and not case.is_big else case.content
    if isinstance(content, str):
        content = content.encode()
    if isinstance(content, bytes) and len(content) <= LONGEST:
        texts.append((content, case.options == text_table.MAPPED))

coin = b'[{"index": 0, "addresses": ["1A", "3B"], "type": "x", "value": 5}]'
one = b'[{"address": "1A", "value": 0.5, "required_signatures": 1}]'
# A target takes its numbers from the end of its input.
seeds = {
    "fuzz_csv": [text + b"\7\x20" for text, _ in texts],
    "fuzz_json": [text + b"\x40\0\7" for text, _ in texts if text[:1] in b"[{"],
    "fuzz_ledger": [text + (b"\1" if is_mapped else b"\0") + bytes(5) + b"\1" for text, is_mapped in texts],
    "fuzz_fields": [text.encode() for text in (
        r"%Y/%m/%d %H:%M\2022/09/01 00:20", r"%d %b %y\01 Mar 24", r"\2017-03-06T04:40:07.5+01:00", r"\2015-08-07 03:30:33 UTC",
        r"\1,999,000.50", r"\1.5E+18", r"\0x" + "f" * 64, r"\0x" + "aB" * 20, r"\9" * 78, r"\-1.25e3", r"\1600000000123")],
    "fuzz_inflate": [pack(text) + b"\x40\0\7" + last for text in (contents.RING, "", contents.many_rows(20))
                     for pack, last in ((contents.gzip_of, b"\0"), (contents.zstd_of, b"\1"))],
    "fuzz_coins": [a + b"\n" + b + b"\0\1" + flags for flags in (b"\0\0", b"\1\0", b"\0\1") for a, b in
                   ((coin, coin), (one, one), (b"[]", coin), (b"", one), (b"null", b"null"))],
    "fuzz_packed": [bytes([1, 0, 2, 0, 9, 1, 1])],
}
for target, inputs in seeds.items():
    (folder / target).mkdir(parents=True, exist_ok=True)
    for i, content in enumerate(inputs):
        (folder / target / f"seed-{i:03}").write_bytes(content)

words = sorted(set((text_table.ETHERSCAN + "," + text_table.AMLWORLD + "," + text_table.TRANSFERS + "," + contents.COLUMNS)
                   .replace('"', "").replace("\n", ",").split(",")) - {""})
words += ["0x", "native", "inputs", "outputs", "addresses", "address", "value", "is_coinbase", "null", "true", "trace_address",
          "1e77", "2015-08-07T03:30:33Z", "UTC"]
(folder / "words.dict").write_text("".join(f'"{word}"\n' for word in words) + r'''"\x0d\x0a"
"\"\""
"\xef\xbb\xbf"
"\x1f\x8b\x08"
"\x28\xb5\x2f\xfd"
''')
