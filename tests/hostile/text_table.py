"""Hostile texts: what INPUTS calls edge cases, and then quotes, bytes, columns, numbers and times."""

from contents import (COLUMNS, MAPPED, MIB, RING, address, etl, json_line, many_columns, many_rows, mapped, row, with_block,
                      with_id, with_index, with_sender, with_time, with_value)
from hostile import Hostile, Piped

ETHERSCAN = ('"Transaction Hash","Blockno","UnixTimestamp","DateTime (UTC)","From","To","ContractAddress",'
             '"Value_IN(ETH)","Value_OUT(ETH)","CurrentValue/Eth","Status","ErrCode"\n')
AMLWORLD = ("Timestamp,From Bank,Account,To Bank,Account,Amount Received,Receiving Currency,Amount Paid,Payment Currency,"
            "Payment Format,Is Laundering\n")
TRANSFERS = "token_address,from_address,to_address,value,transaction_hash,log_index,block_number\n"
w, m = address("w"), address("m")
largest = 2**256 - 1

usual = [
    Hostile("a receiver that is empty", etl(f"0x2,1,0,{w},,5,200,1\n"), 0, ledger={"transactions": 1, "no_receiver": 1}),
    Hostile("a sender that is empty", etl(f"0x2,1,0,,{m},5,200,1\n"), 0, ledger={"transactions": 1, "no_sender": 1}),
    Hostile("a payment to oneself", etl(row(200, "w", "w", 5)), 0, ledger={"transactions": 1, "self_transfer": 1}),
    Hostile("an amount of 0", with_value("0"), 0, ledger={"transactions": 1, "zero_amount": 1}),
    Hostile("the largest amount", with_value(largest), 0, ledger={"transactions": 2}),
    Hostile("an amount as a float's text", with_value("1e77"), 0, ledger={"transactions": 2}),
    Hostile("an amount in hex", with_value("0x" + "f" * 64), 0, ledger={"transactions": 2}),
    Hostile("checksummed addresses", etl(f"0x2,1,0,{w.upper().replace('0X', '0x')},{m},5,200,1\n"), 0, ledger={"accounts": 2}),
    Hostile("names that differ in case alone", mapped("1Aa,1aA,5,1", "1AA,1aa,5,2"), 0, options=MAPPED, ledger={"accounts": 4}),
    Hostile("quoted commas and line ends", mapped('a,m,5,1,"a,\r\n""b"""', header="a,b,v,t,x"), 0, options=MAPPED, ledger={"transactions": 1}),
    Hostile("a byte order mark", b"\xef\xbb\xbf" + RING.encode(), 0, ledger={"transactions": 3}),
    Hostile("a byte order mark twice", b"\xef\xbb\xbf" * 2 + RING.encode(), 0, ledger={"transactions": 3}),
    Hostile("line ends of CRLF", RING.replace("\n", "\r\n"), 0, ledger={"transactions": 3}),
    Hostile("no last line end", RING.rstrip(), 0, ledger={"transactions": 3}),
    Hostile("rows twice", RING + RING[len(COLUMNS):], 0, options=("--dedupe",), ledger={"transactions": 3, "duplicate": 3}),
    Hostile("a failed transaction", RING[:-2] + "0\n", 0, ledger={"transactions": 2, "failed": 1}),
    Hostile("an error code", ETHERSCAN + f'"0x1","1","100","2015-08-07 03:30:33","{w}","{m}","","0","1","1","Error(0)","Bad jump"\n',
            0, ledger={"transactions": 0, "failed": 1}),
    Hostile("times with a zone and without", etl(row("2024-01-01T00:00:00+14:00", "x", "w", 5).replace("100,1", "100,1")),
            0, ledger={"transactions": 2}),
    Hostile("times in milliseconds", COLUMNS + row(1_700_000_000_000, "w", "m", 5), 0,
            ledger={"transactions": 1}),
    Hostile("rows in no order", COLUMNS + row(300, "w", "m", 5) + row(100, "m", "w", 6), 0, ledger={"transactions": 2}),
    Hostile("an empty file", "", 3, "is empty"),
    Hostile("blank lines alone", "\r\n\n\n", 3, "is empty"),
    Hostile("a byte order mark alone", b"\xef\xbb\xbf", 3, "is empty"),
    Hostile("a header alone", COLUMNS, 0, ledger={"transactions": 0}),
    Hostile("a column that is missing", RING.replace("value", "valu"), 3, "no schema matches"),
    Hostile("two columns Account", AMLWORLD + "2022/09/01 00:20,010,8000EBD30,020,8000EBD31,3697.34,US Dollar,3697.34,US Dollar,Wire,0\n",
            0, ledger={"transactions": 1, "accounts": 2}),
    Hostile("mint and burn", etl(row(200, "", "x", 5), row(300, "x", "", 5)), 0, ledger={"transactions": 3}),
    Hostile("one hub", COLUMNS + "".join(row(i, f"c{i}", "m", 5) for i in range(1, 3000)), 0, ledger={"transactions": 2999}),
    Hostile("token transfers without times", TRANSFERS, 3, "--blocks"),
]

quotes_and_bytes = [
    Hostile("a quote that is never closed", etl('"0x1,1,0\n', row(300, "x", "w", 6)), 3, "a quote is opened and never closed"),
    Hostile("a quote in the header that is never closed", '"' + RING, 3, "the header cannot be read"),
    Hostile("text behind a quote", mapped('"a"b,m,5,1'), 3, "text follows a closing quote", options=MAPPED),
    Hostile("100,000 quotes", mapped('"' * 100_000 + ",m,5,1"), 0, options=MAPPED),
    Hostile("100,001 quotes", mapped('"' * 100_001 + ",m,5,1"), 3, "never closed", options=MAPPED),
    Hostile("line ends of CR alone", RING.replace("\n", "\r"), 3, "a CR without LF"),
    Hostile("line ends of CR alone behind the header", COLUMNS + RING[len(COLUMNS):].replace("\n", "\r"), 3, "bad row"),
    Hostile("UTF-16 with a mark", RING.encode("utf-16"), 3, "UTF-16"),
    Hostile("UTF-16 without a mark", RING.encode("utf-16-le"), 3, "no schema matches"),
    Hostile("UTF-32", RING.encode("utf-32"), 3, "UTF"),
    Hostile("NUL bytes alone", b"\0" * 1000, 3, "no schema matches"),
    Hostile("NUL in the header", RING.replace("hash", "ha\0sh"), 0, ledger={"transactions": 3}),
    Hostile("NUL in a number", with_value("5\0"), 3, "value"),
    Hostile("NUL in an address", with_sender("0x\0" + "1" * 39), 3, "from_address"),
    Hostile("NUL in an id", with_id("0x\0"), 0),
    Hostile("a tab in an id", with_id('"0x\t1"'), 0),
    Hostile("colours in a number", with_value("\x1b[31m5"), 3, r"\x1b"),
    Hostile("colours in a name", mapped("\x1b[31mred,m,5,1"), 3, r"\x1b", options=MAPPED),
    Hostile("colours in the header", "\x1b[31m" + RING, 0, ledger={"transactions": 3}),
    Hostile("colours in a header that nobody knows", "\x1b[31mred,\x1b[2J\n1,2\n", 3, "no schema matches"),
    Hostile("C1 controls and turns of direction", with_value("\u009b31m\u202e5"), 3, "value"),
    Hostile("invalid UTF-8 in the header", b"\xff\xfe\xfa," + RING.encode(), 3),
    Hostile("invalid UTF-8 in a column's name", RING.encode().replace(b"hash", b"h\xffsh"), 0, ledger={"transactions": 3}),
    Hostile("invalid UTF-8 in an account", mapped().encode() + b"\xff\xc0\x80,m,5,1\n", 0, options=MAPPED),
    Hostile("invalid UTF-8 in an id", with_id("0x@").encode().replace(b"@", b"\xed\xa0\x80"), 0, ledger={"transactions": 2}),
    Hostile("invalid UTF-8 in a number", with_value("@").encode().replace(b"@", b"\xff\xfe"), 3, "value"),
    Hostile("random bytes", bytes((i * i * 31 + i * 7) % 251 + 1 for i in range(100_000)), 3),
    Hostile("a machine's code", b"\x7fELF\x02\x01\x01" + bytes(range(256)) * 40, 3),
]

columns = [
    Hostile("a row with one column less", etl(row(200, "x", "w", 5).replace(",1\n", "\n")), 3, "the row has 7 fields, and the header 8"),
    Hostile("a row with one column more", etl(row(200, "x", "w", 5).replace(",1\n", ",1,9\n")), 3, "the row has 9 fields, and the header 8"),
    Hostile("a row that ends early", etl("0x1,1\n"), 3, "bad row"),
    Hostile("columns twice", RING.replace("block_number", "value"), 3, "value"),
    Hostile("a million columns", lambda: many_columns(10**6), 0, ledger={"transactions": 1}, is_big=True),
    Hostile("a million columns that nobody knows", lambda: "x," * 10**6 + "y\n1,2\n", 3, "no schema matches", is_big=True),
    Hostile("a header of one column", "from_address\n" + w + "\n", 3, "no schema matches"),
    Hostile("columns without names", ",,,,,,\n" + RING[len(COLUMNS):], 3, "no schema matches"),
    Hostile("a name of 10 MB in the header", lambda: RING.replace("hash", "x" * 10**7), 0),
    Hostile("two delimiters", RING.replace(",", ";"), 3, "no schema matches"),
    Hostile("100,000 bad rows", lambda: COLUMNS + "x,y\n" * 100_000, 3, "100000 bad rows"),
    Hostile("bad rows that are allowed", with_value("x"), 0, options=("--max-bad-rows", "1"), ledger={"transactions": 1}),
]

numbers = [
    Hostile("an amount of 2^256", with_value(2**256), 3, "2^256"),
    Hostile("an amount of 1e78", with_value("1e78"), 3, "2^256"),
    Hostile("an amount of 1e999999999999", with_value("1e999999999999"), 3, "value"),
    Hostile("an amount of 0e999999999999", with_value("0e999999999999"), 0),
    Hostile("an amount of 1e-999999999999", with_value("1e-999999999999"), 3, "value"),
    Hostile("an amount of -1", with_value("-1"), 3, "value"),
    Hostile("an amount of -0", with_value("-0"), 3, "value"),
    Hostile("an amount of 65 hex digits", with_value("0x" + "f" * 65), 3, "value"),
    Hostile("an amount of 65 hex digits that are 0", with_value("0x" + "0" * 64 + "5"), 0),
    Hostile("an amount of no hex digits", with_value("0x"), 3, "value"),
    Hostile("an amount that is not a number", with_value("NaN"), 3, "value"),
    Hostile("an endless amount", with_value("Infinity"), 3, "value"),
    Hostile("an amount below the unit", with_value("0.5"), 3, "value"),
    Hostile("an amount of 10 MB of zeros and a 5", lambda: with_value("0" * 10**7 + "5"), 0),
    Hostile("an amount of 10 MB of nines", lambda: with_value("9" * 10**7), 3, "value"),
    Hostile("an amount of digits that are not ASCII", with_value("１２"), 3, "value"),
    Hostile("a time of 2^63", with_time(2**63), 3, "block_timestamp"),
    Hostile("a time of -2^63", with_time(-(2**63)), 3, "block_timestamp"),
    Hostile("a time of 10^30", with_time(10**30), 3, "block_timestamp"),
    Hostile("a time of 1e400", with_time("1e400"), 3, "block_timestamp"),
    Hostile("a day that is none", with_time("2023-02-29"), 3, "block_timestamp"),
    Hostile("a year of 999999", with_time("999999-01-01"), 3, "block_timestamp"),
    Hostile("a second 60", with_time("2016-12-31 23:59:60"), 3, "block_timestamp"),
    Hostile("times that span 2^32", with_time(100 + 2**32), 3, "2^32"),
    Hostile("times that span 2^32 - 1", with_time(100 + 2**32 - 1), 0),
    Hostile("a block of 2^64", with_block(2**64), 3, "block_number"),
    Hostile("a block of -1", with_block(-1), 3, "block_number"),
    Hostile("a block of 1.5", with_block("1.5"), 3, "block_number"),
    Hostile("an index of 2^64", with_index(2**64), 3, "transaction_index"),
    Hostile("the largest index", with_index(2**64 - 1), 0),
    Hostile("an address of 41 digits", with_sender("0x" + "1" * 41), 3, "from_address"),
    Hostile("an address of 39 digits", with_sender("0x" + "1" * 39), 3, "from_address"),
    Hostile("an address of letters beyond f", with_sender("0x" + "g" * 40), 3, "from_address"),
    Hostile("an address of 10 MB", lambda: with_sender("0x" + "1" * 10**7), 3, "from_address"),
    Hostile("a name of 10 MB", lambda: mapped("x" * 10**7 + ",m,5,1"), 0, options=MAPPED),
    Hostile("an id of 10 MB", lambda: with_id("x" * 10**7), 0),
]

json = [
    Hostile("JSON: a line", json_line(), 0, file="in.json", ledger={"transactions": 1}),
    Hostile("JSON: an array", "[" + json_line().strip() + "]\n", 3, "array"),
    Hostile("JSON: 100,000 brackets", "[" * 100_000, 3),
    Hostile("JSON: 100,000 braces", '{"a":' * 100_000, 3),
    Hostile("JSON: 100,000 brackets in a value", json_line(value="[" * 100_000 + "]" * 100_000), 3),
    Hostile("JSON: 100,000 brackets in a value that nobody asks for", json_line(x="[" * 100_000 + "]" * 100_000), 0),
    Hostile("JSON: keys twice", json_line()[:-2] + ', "value": 11}\n', 3, "twice"),
    Hostile("JSON: 1e400", json_line(value="1e400"), 3, "value"),
    Hostile("JSON: -0", json_line(value="-0"), 3, "value"),
    Hostile("JSON: a number of 1000 digits", json_line(value="1" * 1000), 3, "value"),
    Hostile("JSON: NaN", json_line(value="NaN"), 3),
    Hostile("JSON: a number that begins with 0", json_line(value="007"), 3),
    Hostile("JSON: an escape for NUL", json_line(hash=r'"0x\u0000"'), 0),
    Hostile("JSON: half a surrogate", json_line(hash=r'"\ud800"'), 3),
    Hostile("JSON: a text with a line feed", json_line(hash='"a\nb"'), 3),
    Hostile("JSON: invalid UTF-8", json_line(hash='"@"').encode().replace(b"@", b"\xff"), 3),
    Hostile("JSON: cut", json_line() + json_line()[:-10], 3, ":2"),
    Hostile("JSON: text behind the object", json_line().strip() + " x\n", 3, "JSON object"),
    Hostile("JSON: two objects a line", json_line().strip() * 2 + "\n", 3, "text follows"),
    Hostile("JSON: empty objects", "{}\n" * 1000, 3),
    Hostile("JSON: a key of 100 MB", lambda: '{"' + "k" * 10**8 + '": 1}\n', 3, is_big=True),
    Hostile("JSON: a key of 100 MB behind a good line", lambda: json_line() + '{"' + "k" * 10**8 + '": 1}\n', 3, is_big=True),
    Hostile("JSON: a text of 100 MB", lambda: json_line(x='"' + "k" * 10**8 + '"'), 0, is_big=True),
    Hostile("JSON: an id of 100 MB", lambda: json_line(hash='"' + "k" * 10**8 + '"'), 0, is_big=True),
    Hostile("JSON: 100,000 keys", lambda: json_line()[:-2] + "".join(f', "k{i}": 1' for i in range(100_000)) + "}\n", 0),
    Hostile("JSON: a byte order mark in the middle", json_line() + "\ufeff" + json_line(), 3),
    Hostile("JSON: an empty key", json_line()[:-2] + ', "": 1}\n', 0),
    Hostile("JSON: coins that are deep", '{"hash": "a", "block_timestamp": 1, "inputs": ' + "[" * 50_000 + "]" * 50_000 + ', "outputs": []}\n', 3),
]


def endless(begin, block, count=1100):
    def chunks():
        yield begin
        for _ in range(count):
            yield block
    return Piped(chunks)


long = [
    Hostile("a field of 1 GB by a pipe", endless(COLUMNS.encode() + b"0x1,1,0,", b"x" * MIB), 3, "256 MiB", file="-", is_big=True),
    Hostile("a quoted field of 1 GB by a pipe", endless(COLUMNS.encode() + b'"', b"x" * (MIB - 1) + b"\n"), 3, "256 MiB", file="-", is_big=True),
    Hostile("a header of 1 GB by a pipe", endless(b"", b"x," * (MIB // 2)), 3, "256 MiB", file="-", is_big=True),
    Hostile("JSON: a line of 1 GB by a pipe", endless(b'{"a":"', b"x" * MIB), 3, "256 MiB", file="-", is_big=True),
    Hostile("blank lines of 1 GB by a pipe", endless(COLUMNS.encode(), b"\n" * MIB), 0, file="-", is_big=True, ledger={"transactions": 0}),
    Hostile("many rows", lambda: many_rows(), 0, ledger={"transactions": 2000}),
]

TABLE = usual + quotes_and_bytes + columns + numbers + json + long
