import bz2
import gzip
import io
import lzma
import os
import sys
import zlib
from pathlib import Path
from types import SimpleNamespace

import fsspec
import pytest

from graphkit.errors import InputError
from graphkit.sequences.streams import CHUNK, byte_chunks, source_name

DATA = b">a\nACGT\n" * 1000


def everything(source):
    return b"".join(byte_chunks(source))


def refusal(source):
    with pytest.raises(InputError) as caught:
        everything(source)
    return caught.value


def test_path_text_and_stream_give_the_same(tmp_path):
    path = tmp_path / "a.fa"
    path.write_bytes(DATA)
    assert everything(path) == everything(str(path)) == everything(io.BytesIO(DATA)) == DATA


def test_stream_is_left_open():
    stream = io.BytesIO(DATA)
    everything(stream)
    assert not stream.closed


def test_file_is_closed_when_the_reader_stops_early(tmp_path):
    # An open file left behind would warn, and warnings are errors.
    path = tmp_path / "a.fa"
    path.write_bytes(DATA * 100)
    chunks = byte_chunks(path)
    next(chunks)
    chunks.close()


def test_pipe_is_read_as_it_fills():
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb") as stream, os.fdopen(writing, "wb", buffering=0) as feed:
        feed.write(b">a\nAC")
        assert next(byte_chunks(stream)) == b">a\nAC"


def test_names():
    assert source_name("-") == "standard input"
    assert source_name(Path("a.fa")) == "a.fa"
    assert source_name(io.BytesIO()) is None
    assert source_name(SimpleNamespace(name=3)) is None


def test_no_such_file(tmp_path):
    assert refusal(tmp_path / "none.fa").reason == "no such file"


@pytest.mark.parametrize("kind", [str, Path])
def test_an_address_is_read_as_a_file_is(kind):
    fsspec.filesystem("memory").pipe("/shard/a.fa.gz", gzip.compress(b">a\nACGT\n"))
    assert b"".join(byte_chunks(kind("memory://shard/a.fa.gz"))) == b">a\nACGT\n"


@pytest.mark.parametrize("address", ["memory://shard/none.fa", "nowhere://shard/a.fa"])
def test_an_address_that_cannot_be_read(address):
    error = refusal(address)
    assert error.reason.startswith("cannot be opened (")
    assert "download it" in error.remedy


def test_folder(tmp_path):
    assert refusal(tmp_path).reason == "is a folder"


@pytest.mark.parametrize("path", ["a\0b", "x" * 5000, ">a ACGT" * 1000])
def test_impossible_path(path):
    error = refusal(path)
    assert "cannot be opened" in error.reason
    assert len(str(error)) < 1000


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_unreadable_file(tmp_path):
    path = tmp_path / "secret.fa"
    path.write_bytes(DATA)
    path.chmod(0)
    assert "Permission denied" in refusal(path).reason


def test_permission_error_is_named(tmp_path, monkeypatch):
    def denied(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", denied)
    assert refusal(tmp_path / "a.fa").reason == "cannot be opened (Permission denied)"


def test_failure_while_reading():
    def fail(_size):
        raise OSError(5, "Input/output error")

    assert refusal(SimpleNamespace(read=fail)).reason == "cannot be read (Input/output error)"


def test_text_stream_is_refused():
    assert refusal(io.StringIO(">a\nACGT\n")).remedy == "Open it in binary mode."


def test_standard_input(monkeypatch):
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(gzip.compress(DATA))))
    assert everything("-") == DATA


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_gzip_in_pieces_of_any_size(size, pieces, bgzf):
    for packed in (gzip.compress(DATA), gzip.compress(DATA[:9]) * 3, bgzf(DATA[:500])):
        cut = [packed[i : i + size] for i in range(0, len(packed), size)]
        assert everything(pieces(cut)) == gzip.decompress(packed)


OTHERS = pytest.mark.parametrize("pack", [bz2.compress, lzma.compress], ids=["bzip2", "xz"])


@OTHERS
@pytest.mark.parametrize("size", [1, 7, 10_000])
def test_other_packing_in_pieces_of_any_size(size, pieces, pack):
    packed = pack(DATA) + pack(DATA[:9])
    cut = [packed[i : i + size] for i in range(0, len(packed), size)]
    assert everything(pieces(cut)) == DATA + DATA[:9]


@OTHERS
def test_other_packing_that_is_cut_or_damaged(pack):
    packed = pack(DATA)
    assert refusal(io.BytesIO(packed[:-9])).reason.startswith("truncated ")
    damaged = packed[: len(packed) // 2] + b"xx" + packed[len(packed) // 2 + 2 :]
    assert refusal(io.BytesIO(damaged)).reason.startswith("damaged ")


@OTHERS
def test_bombs_of_other_packing_are_refused(pack):
    error = refusal(io.BytesIO(pack(bytes(66 << 20))))
    assert error.reason.endswith("data that expands more than 200 times")


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_chunks_stay_small(pack):
    packed = pack(b"ACGTACGTNN" * 1_000_000, 1)
    assert max(map(len, byte_chunks(io.BytesIO(packed)))) <= CHUNK


def test_zero_padding_behind_gzip():
    assert everything(io.BytesIO(gzip.compress(DATA) + bytes(1000))) == DATA


@pytest.mark.parametrize("tail", [b"garbage", b"\x1f", b"\x1f\x8b"])
def test_other_bytes_behind_gzip(tail):
    assert "gzip data" in refusal(io.BytesIO(gzip.compress(DATA) + tail)).reason


def test_damaged_gzip():
    packed = bytearray(gzip.compress(DATA, mtime=0))
    packed[-8] ^= 1  # the checksum
    assert refusal(io.BytesIO(bytes(packed))).reason.startswith("damaged gzip data")


def test_a_bomb_inside_many_small_members_is_refused(pieces):
    member = gzip.compress(bytes(1 << 22))
    error = refusal(pieces([member] * 1000))
    assert error.reason == "gzip data that expands more than 200 times"


def test_strong_compression_of_little_is_no_bomb():
    assert len(everything(io.BytesIO(gzip.compress(b"A" * (60 << 20))))) == 60 << 20


def test_much_data_of_usual_compression_is_no_bomb(pieces):
    packed = zlib.compressobj(1, wbits=31)
    member = packed.compress(os.urandom(1 << 20).hex().encode()) + packed.flush()
    assert sum(map(len, byte_chunks(pieces([member] * 40)))) == 80 << 20
