"""Bytes of any origin made into text whose lines end in a plain newline."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from graphkit.errors import InputError
from graphkit.sequences.formats import HEAD, refuse_binary, refuse_bytes
from graphkit.sequences.streams import byte_chunks, source_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import BinaryIO

_BOM = b"\xef\xbb\xbf"
_COMMENT = re.compile(rb"\n;[^\n]*")
# A longer line is passed on in parts, so that a line of any length needs bounded memory.
_LONG_LINE = 1 << 20
MAX_HEADER = 16 << 20
"""Bytes of the longest header that is read."""


def text_blocks(chunks: Iterable[bytes], *, file: str | None) -> Iterator[bytes]:
    r"""Cut text into blocks that begin at a line, and clean it.

    Windows (``\r\n``) and old Mac (``\r``) line ends become ``\n``, a byte-order mark goes,
    and a line that begins with ``;`` is emptied, so that lines keep their numbers.

    Parameters
    ----------
    chunks
        The bytes of a file, in pieces of any size.
    file
        Its name for messages.

    Yields
    ------
    block : bytes
        Every line stands behind a newline of its own, the first line too: joined, the blocks
        are ``b"\n" + text``. Each block begins with a newline, except where a sequence line
        longer than a megabyte comes in parts.

    Raises
    ------
    InputError
        If the bytes are not text, or a header is longer than ``MAX_HEADER``.

    Examples
    --------
    >>> list(text_blocks([b">a\r", b"\n;why\rAC\r", b"GT"], file=None))
    [b'\n>a\n\nAC', b'\nGT']
    """
    line = 0
    pending = bytearray(b"\n")
    for chunk in _plain_newlines(_headed(chunks, file)):
        if b"\0" in chunk:
            seen = line + pending.count(b"\n") + chunk[: chunk.index(b"\0")].count(b"\n")
            refuse_bytes(file=file, line=seen)
        cut = chunk.rfind(b"\n")
        if cut >= 0:
            pending += chunk[:cut]
            block = bytes(pending)
            line += block.count(b"\n")
            yield _without_comments(block)
            pending = bytearray(chunk[cut:])
        else:
            pending += chunk
        if len(pending) > _LONG_LINE:
            kind = bytes(pending[:2])
            if kind == b"\n;":
                del pending[2:]
            elif kind != b"\n>":
                line += pending.count(b"\n")
                yield bytes(pending)
                pending = bytearray()
            elif len(pending) > MAX_HEADER:
                raise InputError(
                    f"header longer than {MAX_HEADER >> 20} MB", file=file, line=line + 1
                )
    yield _without_comments(bytes(pending))


def text_lines(source: str | Path | BinaryIO, *, remedy: str) -> Iterator[bytes]:
    """Yield the lines of a table without their ends, in bounded memory whatever their length.

    Parameters
    ----------
    source
        A path or a stream of bytes; plain or packed.
    remedy
        What to give instead of a file that is no such table.

    Raises
    ------
    InputError
        If the source cannot be read, is not text, or has a line longer than a megabyte.
    """
    file = source_name(source)
    if isinstance(source, str | Path) and Path(source).is_dir():
        raise InputError("is a folder", file=file, remedy=remedy)
    held = b""
    number = 0
    for chunk in byte_chunks(source):
        if b"\0" in chunk:
            raise InputError("not text: binary data or UTF-16", file=file, remedy=remedy)
        *lines, held = (held + chunk).split(b"\n")
        for line in lines:
            number += 1
            yield line.rstrip(b"\r").removeprefix(_BOM if number == 1 else b"")
        if len(held) > _LONG_LINE:
            raise InputError("a line longer than 1 MB", file=file, line=number + 1, remedy=remedy)
    if held:
        yield held.rstrip(b"\r").removeprefix(_BOM if number == 0 else b"")


def decode_text(text: bytes) -> str:
    """Read UTF-8, or latin-1 where it is none."""
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError:
        return text.decode("latin-1")


def _without_comments(block: bytes) -> bytes:
    # Looking for one byte is a hundred times faster than for two, and most blocks have none.
    if b";" in block and b"\n;" in block:
        return _COMMENT.sub(b"\n", block)
    return block


def _headed(chunks: Iterable[bytes], file: str | None) -> Iterator[bytes]:
    """Gather enough of the beginning to see what the file is, and drop a byte-order mark."""
    source = iter(chunks)
    head = b""
    for chunk in source:
        head += chunk
        if len(head) >= HEAD:
            break
    refuse_binary(head, file=file)
    yield head.removeprefix(_BOM)
    yield from source


def _plain_newlines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    held = b""
    for chunk in chunks:
        text = held + chunk
        held = b""
        if b"\r" in text:
            if text.endswith(b"\r"):  # its newline may come with the next chunk
                text, held = text[:-1], b"\r"
            text = text.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        yield text
    if held:
        yield b"\n"
