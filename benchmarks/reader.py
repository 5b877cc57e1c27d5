"""Speed and peak memory of the FASTA reader on files of a size no test should read.

Each file is made in a temporary folder, read once in a process of its own, and deleted. It was just
written, so it comes from memory: the time is the reader's, CPU seconds, not that of a disk.
``python benchmarks/reader.py --scale 0.01`` is a quick look at files a hundredth of the size.
"""

import argparse
import contextlib
import gzip
import itertools
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from common import peak_memory_mb, run_alone, save, show

SEED = 0
PACKAGES = ("graphkit-bio", "numpy")


def sequence(length: int, *, seed: int = SEED) -> bytes:
    """Return `length` random letters."""
    return np.frombuffer(b"ACGT", np.uint8)[
        np.random.default_rng(seed).integers(4, size=length)
    ].tobytes()


def wrapped(letters: bytes, width: int = 60) -> bytes:
    """Break letters into lines."""
    return b"".join(letters[i : i + width] + b"\n" for i in range(0, len(letters), width))


def transcripts(size: int) -> Iterator[bytes]:
    """Yield records of 1-20 kb, wrapped at 60, `size` bytes in all."""
    bodies = [wrapped(sequence(1000 * n, seed=n)) for n in range(1, 21)]
    written = 0
    for number in itertools.count(1):
        block = b">transcript%d some description\n%b" % (number, bodies[number % 20])
        if written + len(block) > size:
            return
        written += len(block)
        yield block


def tiny_records(number: int) -> Iterator[bytes]:
    """Yield `number` records of 30 nt."""
    letters = sequence(30)
    return (b">r%d\n%b\n" % (i, letters) for i in range(number))


def one_record(length: int) -> Iterator[bytes]:
    """Yield one record of `length` nt on lines of 60."""
    yield b">chromosome\n"
    line = wrapped(sequence(60_000))
    for _ in range(length // 60_000):
        yield line


def one_line(length: int) -> Iterator[bytes]:
    """Yield one record of `length` nt on one line, then a short one."""
    yield b">endless\n"
    block = sequence(1_000_000)
    for _ in range(length // len(block)):
        yield block
    yield b"\n>after\n" + sequence(1000) + b"\n"


def cases(scale: float) -> dict[str, tuple[str, Callable[[], Iterator[bytes]]]]:
    """Return file name and maker of each case."""

    def scaled(n: float) -> int:
        return max(1, int(n * scale))

    return {
        "1 GB of transcripts": ("a.fa", lambda: transcripts(scaled(1e9))),
        "the same, gzip": ("a.fa.gz", lambda: transcripts(scaled(1e9))),
        "1,000,000 records of 30 nt": ("b.fa", lambda: tiny_records(scaled(1e6))),
        "one record of 10 Mb": ("c.fa", lambda: one_record(scaled(1e7))),
        "one line of 1 Gb (over the cap)": ("d.fa", lambda: one_line(scaled(1e9))),
    }


def write(path: Path, blocks: Iterator[bytes]) -> int:
    """Write `blocks`, gzipped if the name says so, and return their size in bytes."""
    with path.open("wb") as raw, contextlib.ExitStack() as stack:
        stream = stack.enter_context(gzip.open(raw, "wb", 1)) if path.suffix == ".gz" else raw
        return sum(stream.write(block) for block in blocks)


def read(path: str) -> dict[str, float]:
    """Read one file and say what it took."""
    from graphkit.sequences import read_fasta

    before = peak_memory_mb()
    start = time.process_time()
    records = letters = refused = 0
    for record in read_fasta(path):
        records += 1
        letters += len(record.sequence)
        refused += record.problem is not None
    seconds = time.process_time() - start
    return {
        "records": records,
        "refused": refused,
        "letters": letters,
        "seconds": seconds,
        "peak_mb": peak_memory_mb(),
        "start_mb": before,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--scale", type=float, default=1.0, help="size of the files")
    parser.add_argument("--read", metavar="FILE", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.read:
        print(json.dumps(read(options.read)))
        return

    rows = []
    for name, (file, blocks) in cases(options.scale).items():
        print(f"{name} ...", file=sys.stderr)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / file
            size = write(path, blocks())
            taken = run_alone(__file__, "--read", path)
        rows.append(
            {
                "file": name,
                "records": taken["records"],
                "refused": taken["refused"],
                "MB": round(size / 1e6, 1),
                "CPU seconds": round(taken["seconds"], 2),
                "MB/s": round(size / 1e6 / taken["seconds"], 1),
                "peak MB": round(taken["peak_mb"], 1),
                "of them at start": round(taken["start_mb"], 1),
            }
        )
    show(rows, title="FASTA reader" + ("" if options.scale == 1 else f", scale {options.scale}"))
    if options.scale == 1:
        print(f"\nwritten: {save(__file__, rows, seed=SEED, packages=PACKAGES).name}")


if __name__ == "__main__":
    main()
