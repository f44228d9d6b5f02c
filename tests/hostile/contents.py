"""Contents of hostile files, made when they are needed. What is large compresses to little, or is made as it is read."""

import ctypes
import gzip
import zlib

from cli_support import COLUMNS, RING, address, row

MIB = 1 << 20
GIB = 1 << 30


def etl(*values, columns=COLUMNS):
    """An export with one whole row and the rows given."""
    return columns + row(100, "w", "m", 10) + "".join(values)


def with_value(text):
    return etl(row(200, "x", "w", text))


def with_time(text):
    return etl(row(text, "x", "w", 5))


def with_block(text):
    return etl(row(200, "x", "w", 5, block=text))


def with_index(text):
    return etl(row(200, "x", "w", 5, index=text))


def with_sender(text):
    return etl(f"0x1,1,0,{text},{address('m')},5,200,1\n")


def with_id(text):
    return etl(f"{text},1,0,{address('x')},{address('m')},5,200,1\n")


MAPPED = ("--map", "from=a,to=b,value=v,time=t")


def mapped(*rows, header="a,b,v,t"):
    """For MAPPED: names are any texts."""
    return header + "\n" + "".join(line + "\n" for line in rows)


def json_line(**changes):
    fields = {"hash": '"0x1"', "block_number": "1", "transaction_index": "0", "from_address": f'"{address("w")}"',
              "to_address": f'"{address("m")}"', "value": "10", "block_timestamp": "100", **changes}
    return "{" + ", ".join(f'"{key}": {value}' for key, value in fields.items()) + "}\n"


def many_columns(count):
    return (",".join(["from_address", "to_address", "value", "block_timestamp"] + [f"c{i}" for i in range(count)]) + "\n" +
            f"{address('w')},{address('m')},5,100" + "," * count + "\n")


def many_rows(count=2000):
    return COLUMNS + "".join(row(100 + i, f"w{i % 50}", "m", 10 + i * 10**18, i, i % 7) for i in range(count))


# gzip

def gzip_of(text):
    return gzip.compress(text.encode() if isinstance(text, str) else text, mtime=0)


def gzip_with_wrong(part):
    """`part`: 8 for the checksum, 4 for the length."""
    whole = bytearray(gzip_of(many_rows()))
    whole[-part] ^= 1
    return bytes(whole)


def gzip_bomb(begin, block, size=GIB):
    """One member: `begin`, and then `block` again and again, up to the size."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    start = packer.compress(begin) + packer.flush(zlib.Z_FULL_FLUSH)
    again = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
    count = size // len(block)
    checksum = zlib.crc32(begin)
    for _ in range(count):
        checksum = zlib.crc32(block, checksum)
    length = (len(begin) + count * len(block)) % 2**32
    return (b"\x1f\x8b\x08\0\0\0\0\0\0\xff" + start + again * count + packer.flush() +
            checksum.to_bytes(4, "little") + length.to_bytes(4, "little"))


def gzip_of_members(count):
    return gzip_of(COLUMNS) + gzip_of("") * count + gzip_of(row(100, "w", "m", 10))


def nested_gzip(depth):
    content = RING.encode()
    for _ in range(depth):
        content = gzip_of(content)
    return content


# zstd, by the library that the program has too

def zstd_of(text, level=3):
    library = ctypes.CDLL("libzstd.so.1")
    size = ctypes.c_size_t
    library.ZSTD_createCCtx.restype = ctypes.c_void_p
    library.ZSTD_compressBound.restype = library.ZSTD_compress2.restype = size
    library.ZSTD_compress2.argtypes = [ctypes.c_void_p, ctypes.c_char_p, size, ctypes.c_char_p, size]
    library.ZSTD_CCtx_setParameter.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_int]
    library.ZSTD_freeCCtx.argtypes = [ctypes.c_void_p]
    content = text.encode() if isinstance(text, str) else text
    room = ctypes.create_string_buffer(library.ZSTD_compressBound(size(len(content))))
    context = library.ZSTD_createCCtx()
    library.ZSTD_CCtx_setParameter(context, 100, level)
    library.ZSTD_CCtx_setParameter(context, 201, 1)  # a checksum
    length = library.ZSTD_compress2(context, room, len(room), content, len(content))
    library.ZSTD_freeCCtx(context)
    return room.raw[:length]


def zstd_with_wrong_checksum():
    whole = bytearray(zstd_of(many_rows()))
    whole[-1] ^= 1
    return bytes(whole)


def zstd_frame(blocks, window_log=17, checksum=b"", content_size=None, dictionary=b""):
    """By RFC 8878: blocks are texts as they are, or (byte, count) for a byte again and again."""
    descriptor = (4 if checksum else 0) | {0: 0, 1: 1, 2: 2, 4: 3}[len(dictionary)] | (0 if content_size is None else 0xC0)
    frame = b"\x28\xb5\x2f\xfd" + bytes([descriptor, (window_log - 10) << 3]) + dictionary
    frame += b"" if content_size is None else content_size.to_bytes(8, "little")
    for i, block in enumerate(blocks):
        is_run = isinstance(block, tuple)
        size, content = (block[1], block[0]) if is_run else (len(block), block)
        frame += ((i + 1 == len(blocks)) | (2 if is_run else 0) | size << 3).to_bytes(3, "little") + content
    return frame + checksum


def zstd_bomb(begin, byte, size=GIB, window_log=17):
    return zstd_frame([begin] + [(byte, 128 << 10)] * (size // (128 << 10)), window_log)
