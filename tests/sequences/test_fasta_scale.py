"""Bars of size and of hostility: small in every run, in full with ``-m slow``."""

import gzip
import io
import time
import tracemalloc
from contextlib import contextmanager
from itertools import repeat

import numpy as np
import pytest

from graphkit.errors import InputError
from graphkit.sequences import examine, read_fasta

MB = 1_000_000


class Peak:
    bytes = 0


@contextmanager
def traced():
    """Measure the most memory that Python and numpy held at once."""
    peak = Peak()
    tracemalloc.start()
    try:
        yield peak
        peak.bytes = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def in_size(size, slow_size):
    return pytest.mark.parametrize(
        "size", [size, pytest.param(slow_size, marks=pytest.mark.slow)], ids=["small", "full"]
    )


def wrapped(letters):
    return b"".join(b"ACGTACGTNN" * 6 + b"\n" for _ in range(letters // 60))


@in_size(20 * MB, 1000 * MB)
def test_a_large_file_is_read_in_bounded_memory(size, pieces):
    record = b">chr\n" + wrapped(MB)
    n_records = size // len(record)
    with traced() as peak:
        n_letters = sum(len(r.sequence) for r in read_fasta(pieces(repeat(record, n_records))))
    assert n_letters == n_records * (MB // 60 * 60)
    assert peak.bytes < 20 * MB


@in_size(20_000, MB)
def test_tiny_records_are_read_in_bounded_memory(size, pieces):
    data = (b"".join(b">r%d\nACGT\n" % i for i in range(j, j + 100)) for j in range(0, size, 100))
    with traced() as peak:
        n_records = sum(record.sequence == "ACGT" for record in read_fasta(pieces(data)))
    assert n_records == size
    assert peak.bytes < 20 * MB


@in_size(30 * MB, 1000 * MB)
def test_one_line_beyond_the_cap_streams_past(size, pieces):
    def stream():
        yield b">giant\n"
        yield from repeat(b"ACGTACGTNN" * 10_000, size // 100_000)
        yield b"\n>next\nACGT\n"

    with traced() as peak:
        giant, after = read_fasta(pieces(stream()), max_length=20 * MB)
    assert giant.problem == f"longer than 20,000,000 letters ({size:,})"
    assert (giant.line, after.line, after.sequence) == (1, 3, "ACGT")
    assert peak.bytes < 80 * MB


def test_ten_million_letters_are_read_whole():
    data = b">a\n" + b"ACGTACGTNN" * MB
    with traced() as peak:
        (record,) = read_fasta(io.BytesIO(data))
    assert len(record.sequence) == 10 * MB
    assert peak.bytes < 50 * MB


@in_size(20 * MB, 500 * MB)
def test_one_long_comment_is_forgotten(size, pieces):
    def stream():
        yield b">a\n;"
        yield from repeat(b"x" * 100_000, size // 100_000)
        yield b"\nACGT\n"

    with traced() as peak:
        (record,) = read_fasta(pieces(stream()))
    assert (record.sequence, record.line) == ("ACGT", 1)
    assert peak.bytes < 10 * MB


@in_size(200 * MB, 10_000 * MB)
def test_a_gzip_bomb_is_refused_before_memory_grows(size, pieces):
    member = gzip.compress(b"A" * 10 * MB)
    stream = pieces([gzip.compress(b">a\n"), *repeat(member, size // (10 * MB))])
    with traced() as peak, pytest.raises(InputError, match="expands more than 200 times"):
        list(read_fasta(stream))
    assert peak.bytes < 100 * MB


@pytest.mark.slow
def test_time_grows_with_the_input_not_faster(pieces):
    def seconds(size):
        begun = time.process_time()
        body = repeat(b"ACGT" * 250, size // 1000)
        list(read_fasta(pieces([b">a\n", *body]), max_length=size))
        return time.process_time() - begun

    assert seconds(80 * MB) < 12 * seconds(20 * MB)


PLAIN = b">a first\nACGTNNACGT\nACGU\n>b|Nucleus\nacgn\n>\n\n;note\n>c\nMKV*\n"
SEEDS = (
    PLAIN,
    PLAIN.replace(b"\n", b"\r\n"),
    PLAIN.replace(b"\n", b"\r"),
    b"\xef\xbb\xbf" + PLAIN,
    gzip.compress(PLAIN, mtime=0),
    gzip.compress(PLAIN[:20], mtime=0) + gzip.compress(PLAIN[20:], mtime=0),
    b"ACGTACGT\nACGT\n",
    b"@r\nACGT\n+\nIIII\n",
    b"LOCUS       X\nORIGIN\n 1 acgt\n",
    ">é \N{DNA DOUBLE HELIX}\nACGT\n".encode(),
    PLAIN.decode().encode("utf-16"),
    b"",
)
TOKENS = (b">", b"\n>", b"\r", b"\n", b";", b"\0", b"\x1f\x8b", b"\xff", b" ", b"\f", b"A" * 50)


def pick(generator, choices):
    return choices[generator.integers(len(choices))]


def mutate(generator):
    data = bytearray(pick(generator, SEEDS))
    for _ in range(generator.integers(1, 9)):
        place = int(generator.integers(len(data) + 1))
        what = generator.integers(6)
        if what == 0:
            data[place : place + 1] = generator.bytes(1)
        elif what == 1:
            data[place:place] = pick(generator, TOKENS)
        elif what == 2:
            del data[place : place + int(generator.integers(1, 10))]
        elif what == 3:
            del data[place:]
        elif what == 4:
            data[place:place] = data[: int(generator.integers(41))] * int(generator.integers(1, 5))
        else:
            data[place:place] = pick(generator, SEEDS)
    return bytes(data)


@in_size(2_000, 100_000)
def test_mutated_bytes_give_a_result_or_an_input_error(size, pieces):
    generator = np.random.default_rng(0)
    n_read, refusals = 0, []
    with traced() as peak:
        for _ in range(size):
            data = mutate(generator)
            step = pick(generator, [1, 3, 10_000])
            stream = pieces(data[i : i + step] for i in range(0, len(data), step))
            try:
                for record in read_fasta(stream, max_length=200):
                    assert record.id
                    assert "\n" not in record.header
                    assert len(record.sequence) <= 200
                    examine(record)
                n_read += 1
            except InputError as error:
                refusals.append(error.reason)
    assert n_read > size / 10
    assert len(refusals) > size / 10
    assert all(refusals)
    assert peak.bytes < 20 * MB
