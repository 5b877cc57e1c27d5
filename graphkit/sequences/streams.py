"""Bytes from a path, an address, standard input or a stream, unpacked where they are packed."""

from __future__ import annotations

import bz2
import lzma
import re
import sys
import zlib
from contextlib import contextmanager
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from graphkit.errors import InputError, shorten

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from graphkit.cli.terminal.reading import Result

CHUNK = 1 << 18
"""Bytes read, or gunzipped, at a time."""

# Text compresses 3 to 50 times. Past the free allowance, more than this is an attack.
_MAX_EXPANSION = 200
_FREE = 64 << 20
_XZ_MEMORY = 256 << 20  # what the highest levels of xz ask for is a quarter of it
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]+:/+", re.IGNORECASE)


class _Gunzip:
    """zlib's decompressor with the manners of those of bz2 and lzma: it keeps its own input."""

    def __init__(self) -> None:
        self._zlib = zlib.decompressobj(wbits=31)

    @property
    def eof(self) -> bool:
        return self._zlib.eof

    @property
    def unused_data(self) -> bytes:
        return self._zlib.unused_data

    @property
    def needs_input(self) -> bool:
        return not self._zlib.unconsumed_tail

    def decompress(self, data: bytes, max_length: int) -> bytes:
        return self._zlib.decompress(self._zlib.unconsumed_tail + data, max_length)


# What packed data begins with: its name and what unpacks it.
_PACKED: dict[bytes, tuple[str, Callable[[], Any]]] = {
    b"\x1f\x8b": ("gzip", _Gunzip),
    b"BZh": ("bzip2", bz2.BZ2Decompressor),
    b"\xfd7zXZ": ("xz", partial(lzma.LZMADecompressor, memlimit=_XZ_MEMORY)),
}


def source_name(source: str | Path | BinaryIO) -> str | None:
    """Name a source for messages; None for a stream without a name."""
    if isinstance(source, str | Path):
        return "standard input" if str(source) == "-" else shorten(str(source), 300)
    name = getattr(source, "name", None)
    return name if isinstance(name, str) else None


def byte_chunks(source: str | Path | BinaryIO) -> Iterator[bytes]:
    """Read a source piece by piece.

    Parameters
    ----------
    source
        A path, an address that fsspec opens (``s3://bucket/file.fa.gz``), ``"-"`` for standard
        input, or a stream of bytes, which is left open. gzip, bzip2 and xz are known by their first
        bytes, whatever the name; members may follow one another (BGZF).

    Yields
    ------
    chunk : bytes
        Never empty, at most a few hundred kilobytes.

    Raises
    ------
    InputError
        If the source cannot be opened or read, gives text instead of bytes, or holds
        packed data that is truncated, damaged, or expands like a bomb.
    """
    file = source_name(source)
    with _opened(source, file) as stream:
        raw = _raw_chunks(stream, file)
        head = b""
        while any(magic.startswith(head) for magic in _PACKED) and (chunk := next(raw, b"")):
            head += chunk
        packed = next((how for magic, how in _PACKED.items() if head.startswith(magic)), None)
        if packed is not None:
            yield from _unpack(chain((head,), raw), *packed, file)
        elif head:
            yield head
            yield from raw


@contextmanager
def _opened(source: str | Path | BinaryIO, file: str | None) -> Iterator[BinaryIO]:
    if not isinstance(source, str | Path):
        yield source
    elif str(source) == "-":
        yield sys.stdin.buffer
    else:
        with _open(source, file) as stream:
            yield stream


def _open(source: str | Path, file: str | None) -> BinaryIO:
    try:
        return Path(source).open("rb")
    except FileNotFoundError:
        if _ADDRESS.match(str(source)):
            return _open_address(str(source), file)
        raise InputError("no such file", file=file, remedy="Check the path.") from None
    except IsADirectoryError:
        raise InputError("is a folder", file=file, remedy="Give a FASTA file in it.") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(f"cannot be opened ({reason})", file=file) from error


def _open_address(address: str, file: str | None) -> BinaryIO:
    import fsspec

    try:
        # A path keeps one slash of two.
        stream: BinaryIO = fsspec.open(re.sub(":/(?!/)", "://", address, count=1), "rb").open()
    except Exception as error:  # every store has errors of its own
        raise InputError(
            f"cannot be opened ({str(error) or type(error).__name__})",
            file=file,
            remedy="Check the address, or download it and give the file.",
        ) from error
    return stream


def _raw_chunks(stream: BinaryIO, file: str | None) -> Iterator[bytes]:
    # read1 returns what a pipe holds now, so that records flow before the input ends.
    read = getattr(stream, "read1", stream.read)
    while True:
        try:
            chunk = read(CHUNK)
        except OSError as error:
            raise InputError(f"cannot be read ({error.strerror})", file=file) from error
        if not isinstance(chunk, bytes):
            raise InputError(
                f"the stream gives {type(chunk).__name__}, not bytes",
                file=file,
                remedy="Open it in binary mode.",
            )
        if not chunk:
            return
        yield chunk


def _unpack(
    raw: Iterable[bytes], name: str, make: Callable[[], Any], file: str | None
) -> Iterator[bytes]:
    decoder = make()
    n_read = n_given = 0
    for chunk in raw:
        data = chunk
        n_read += len(chunk)
        while data or not (decoder.eof or decoder.needs_input):
            if decoder.eof:
                data = data.lstrip(b"\0")  # tapes pad with zeros
                if not data:
                    break
                decoder = make()
            try:
                out = decoder.decompress(data, CHUNK)
            except (zlib.error, lzma.LZMAError, OSError, EOFError) as error:
                raise InputError(
                    f"damaged {name} data ({error})", file=file, remedy="Copy the file again."
                ) from error
            data = decoder.unused_data if decoder.eof else b""
            n_given += len(out)
            if n_given > _FREE and n_given > _MAX_EXPANSION * n_read:
                raise InputError(
                    f"{name} data that expands more than {_MAX_EXPANSION} times",
                    file=file,
                    remedy="If the file is sound, decompress it first.",
                )
            if out:
                yield out
    if not decoder.eof:
        raise InputError(f"truncated {name} data", file=file, remedy="Copy the file again.")


def name_of(source: str) -> str:
    """Return what to call the input in a message; ``-`` is standard input."""
    return "standard input" if source == "-" else source


def with_file(results: Iterable[Result], source: str) -> Iterator[Result]:
    """Add the file to errors about a record: the model sees records, not where they come from."""
    try:
        yield from results
    except InputError as error:
        if error.file is not None:
            raise
        raise error.at(file=name_of(source)) from error
