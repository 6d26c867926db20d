"""Small pictures, written by hand: what no picture library would write can be written too."""

import struct
import zlib

PNG = b"\x89PNG\r\n\x1a\n"
# 16 x 16 points of one grey, as any program writes it.
JPEG = bytes.fromhex(
    "ffd8ffe000104a46494600010100000100010000"
    "ffdb004300" + "10" * 64 + "ffc0000b080010001001011100"
    "ffc4001f0000010501010101010100000000000000000102030405060708090a0b"
    "ffc400b5100002010303020403050504040000017d01020300041105122131410613516107227114328191a1082342b1c11552d1f0"
    "24336272820"
    + "90a161718191a25262728292a3435363738393a434445464748494a535455565758595a636465666768696a737475767778797a"
    "838485868788898a92939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9da"
    "e1e2e3e4e5e6e7e8e9eaf1f2f3f4f5f6f7f8f9faffda0008010100003f00" + "00" * 8 + "ffd9"
)


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">L", len(data)) + kind + data + struct.pack(">L", zlib.crc32(kind + data))


def png(width: int = 40, height: int = 20, *, after: bytes = b"") -> bytes:
    """Half green, half transparent; `after`: what stands behind its end."""
    line = b"\x00" + b"\x17\x45\x3a\xff" * (width // 2) + b"\x00\x00\x00\x00" * (width - width // 2)
    head = struct.pack(">LLBBBBB", width, height, 8, 6, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(line * height)) + chunk(b"IEND", b"")
    return PNG + body + after
