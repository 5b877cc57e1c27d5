import gzip
import struct
import zlib

import pytest


class Pieces:
    """A stream that hands out its bytes in the pieces given."""

    def __init__(self, pieces):
        self.pieces = iter(pieces)

    def read(self, size=-1):
        return next(self.pieces, b"")


@pytest.fixture(scope="session")
def pieces():
    return Pieces


@pytest.fixture
def bgzf():
    """Blocked gzip as bgzip writes it: many members with an extra field, an empty one last."""

    def compress(data, block=100):
        members = []
        for start in range(0, len(data) + block, block):
            part = data[start : start + block]
            deflate = zlib.compressobj(wbits=-15)
            body = deflate.compress(part) + deflate.flush()
            extra = struct.pack("<2sHH", b"BC", 2, len(body) + 25)
            head = b"\x1f\x8b\x08\x04" + bytes(4) + b"\x00\xff" + struct.pack("<H", len(extra))
            tail = struct.pack("<II", zlib.crc32(part), len(part))
            members.append(head + extra + body + tail)
        assert gzip.decompress(b"".join(members)) == data
        return b"".join(members)

    return compress
