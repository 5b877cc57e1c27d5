"""FASTA, read record by record in bounded memory and written whole or not at all.

What has no ``>`` is read where it can mean one thing only: a sequence alone, a table with a column
of sequences, GenBank and EMBL.
"""

from __future__ import annotations

import re
import string
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from graphkit.errors import InputError
from graphkit.files import atomic_write
from graphkit.sequences.formats import refuse_format
from graphkit.sequences.headers import parse_header
from graphkit.sequences.lines import decode_text, text_blocks
from graphkit.sequences.others import other_records, too_long
from graphkit.sequences.streams import byte_chunks, source_name
from graphkit.types import Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import BinaryIO

_BLANKS = b" \t\n\v\f"
_OTHER_BLANKS = (b" ", b"\t", b"\v", b"\f")
# A page break, an indent or a byte-order mark left by joining files may stand before ">".
_INDENTED = re.compile(rb"\n(?:[ \t\v\f]|\xef\xbb\xbf)+>")
# Lines of notes above the first record.
_NOTES = re.compile(rb"\A(?:#[^\n]*\s*)+")
_NUCLEOTIDES = b"ACGTUNRYSWKMBDHVacgtunryswkmbdhv.*-"
_LETTERS = string.ascii_letters.encode() + b".*-"
_LONG = 30  # letters: a list has shorter names, and proteins have longer lines
_WIDTH = 60
_BREAKS = re.compile(r"[\n\r\0]")
_UNWRITABLE = re.compile(r"[\s>;]")


def read_fasta(source: str | Path | BinaryIO, *, max_length: int = 20_000_000) -> Iterator[Record]:
    r"""Read a FASTA record by record.

    Text of nothing but sequence letters is one bare sequence, named ``seq1``; a table with a column
    of sequences is read row by row, GenBank and EMBL by Biopython. White space inside a sequence,
    ``;`` comment lines, ``#`` comment lines above the first record and the kind of line end do not
    matter; no letter is changed.

    Parameters
    ----------
    source
        A path, ``"-"`` for standard input, or a stream of bytes; plain, gzip, bzip2 or xz.
    max_length
        Letters above which a record is not kept: it comes without sequence, its ``problem``
        says so, and the reading goes on.

    Returns
    -------
    records : iterator of Record
        Lazy: memory is that of the longest record kept.

    Raises
    ------
    InputError
        While iterating: if the source cannot be read, holds no record, or is in another format,
        which the message names.

    Examples
    --------
    >>> import io
    >>> [(r.id, r.sequence) for r in read_fasta(io.BytesIO(b">a first\nAC\nGT\n>b\nUU"))]
    [('a', 'ACGT'), ('b', 'UU')]
    """
    if max_length < 1:
        raise InputError(f"max_length is {max_length}, must be at least 1", slot="max_length")
    return _records(source, max_length)


def write_fasta(records: Iterable[Record], path: str | Path) -> None:
    """Write records as FASTA, 60 letters a line.

    The file appears under its name only when it is complete; an older file stays until then.

    Parameters
    ----------
    records
        Their ``header`` is written, or their ``id`` where the header is empty.
    path
        Of a regular file, which need not exist.

    Raises
    ------
    InputError
        If a record has a ``problem`` or would not read back the same, or if the file cannot be
        written.
    """
    target = Path(path)
    if target.exists() and not target.is_file():
        raise InputError("is not a regular file", file=path)
    try:
        with atomic_write(target) as stream:
            for record in records:
                stream.write(_as_fasta(record, file=str(path)).encode(errors="replace"))
    except OSError as error:
        raise InputError(f"cannot be written ({error.strerror})", file=path) from error


def _as_fasta(record: Record, *, file: str) -> str:
    header = record.header or record.id
    if record.problem is not None:
        raise InputError(f"cannot be written: {record.problem}", file=file, record=record.id)
    if not header.strip() or _BREAKS.search(header):
        raise InputError("the header is empty or has a line break", file=file, record=record.id)
    if _UNWRITABLE.search(record.sequence):
        raise InputError("the sequence holds '>', ';' or white space", file=file, record=record.id)
    sequence = record.sequence
    lines = [sequence[start : start + _WIDTH] for start in range(0, len(sequence), _WIDTH)]
    return "\n".join([f">{header}", *lines, ""])


@dataclass(slots=True)
class _Open:
    """The record whose end has not been seen yet."""

    header: bytes | None  # None: a bare sequence
    line: int
    parts: list[bytes] = field(default_factory=list)
    length: int = 0
    stray: bool = False

    def add(self, letters: bytes, max_length: int) -> None:
        self.length += len(letters)
        self.stray = self.stray or b">" in letters
        if self.length > max_length:
            self.parts.clear()
        else:
            self.parts.append(letters)

    def close(self, number: int, max_length: int) -> Record:
        problem = _problem(self.length, max_length, stray=self.stray)
        return _record(self.header, b"".join(self.parts), self.line, number, problem)


def _records(source: str | Path | BinaryIO, max_length: int) -> Iterator[Record]:
    file = source_name(source)
    current: _Open | None = None
    line = number = 0
    blocks = text_blocks(byte_chunks(source), file=file)
    for block in blocks:
        (first, *rest), strays = _split_records(block)
        blanks = any(blank in block for blank in _OTHER_BLANKS)
        text, begins = (first, line) if current else _without_notes(first, line, file)
        if current is None and text:
            if not (rest or _is_bare(text.replace(b">", b" "))):
                yield from other_records(
                    chain([text], blocks), file=file, begins=begins, max_length=max_length
                )
                return
            current = _Open(None, begins)
        if current is not None:
            current.add(_letters(text, blanks=blanks), max_length)
            if current.header is None and (rest or current.stray or not _is_bare(text)):
                where = "before the first '>'" if rest or current.stray else "among the letters"
                raise InputError(
                    f"text {where}",
                    file=file,
                    line=current.line,
                    remedy="Begin the file with a '>' header, or give one sequence alone.",
                )
        line += first.count(b"\n")
        if not rest:
            continue
        if current is not None:
            number += 1
            yield current.close(number, max_length)
        for piece in rest[:-1]:
            number += 1
            header, _, body = piece.partition(b"\n")
            letters = _letters(body, blanks=blanks)
            problem = _problem(len(letters), max_length, stray=strays and b">" in letters)
            yield _record(header, letters, line, number, problem)
            line += piece.count(b"\n")
        header, _, body = rest[-1].partition(b"\n")
        current = _Open(header, line)
        current.add(_letters(body, blanks=blanks), max_length)
        line += rest[-1].count(b"\n")
    if current is None:
        raise InputError("no records", file=file, remedy="Check that the file is FASTA.")
    yield current.close(number + 1, max_length)


def _split_records(block: bytes) -> tuple[list[bytes], bool]:
    """Cut a block at every ``>`` that begins a line; the first piece belongs to what was before.

    The second value tells whether a piece may hold a ``>`` of its own.
    """
    pieces = block.split(b">")
    if all(piece.endswith(b"\n") for piece in pieces[:-1]):
        return pieces, False
    *pieces, last = _INDENTED.sub(b"\n>", block).split(b"\n>")
    return [*(piece + b"\n" for piece in pieces), last], True


def _without_notes(text: bytes, line: int, file: str | None) -> tuple[bytes, int]:
    """Return text from its first letter on, # comments passed over, and the line of that letter."""
    noted = text.lstrip()
    content = _NOTES.sub(b"", noted)
    begins = line + text[: len(text) - len(content)].count(b"\n")
    if content:
        refuse_format(noted, file=file, line=begins)
        refuse_format(content, file=file, line=begins)
    return content, begins


def _is_bare(text: bytes) -> bool:
    """Say whether text is a sequence alone, of nucleotides or of what will be called protein."""
    letters = text.translate(None, _BLANKS + b"\n")
    if not letters.translate(None, _NUCLEOTIDES):
        return True
    if letters.translate(None, _LETTERS):
        return False
    lines = [line.split() for line in text.split(b"\n")]
    return max(map(len, lines)) == 1 and max(len(word) for line in lines for word in line) >= _LONG


def _letters(body: bytes, *, blanks: bool) -> bytes:
    # Where newlines are the only white space, replace is four times faster; most blanks of a block
    # are in its headers.
    if blanks and (b" " in body or b"\t" in body or b"\v" in body or b"\f" in body):
        return body.translate(None, _BLANKS)
    return body.replace(b"\n", b"")


def _problem(length: int, max_length: int, *, stray: bool) -> str | None:
    inside = "'>' inside the sequence: a line break is missing before it" if stray else None
    return too_long(length, max_length) or inside


def _record(
    header: bytes | None, letters: bytes, line: int, number: int, problem: str | None
) -> Record:
    text = "seq1" if header is None else decode_text(header).strip()
    warnings: tuple[str, ...] = ()
    if text:
        name, gene, symbol, _ = parse_header(text)
    else:
        name, gene, symbol = f"record_{number}", None, None
        warnings = (f"no id after '>': named {name}",)
    # What the reader could not take is not handed on.
    sequence = "" if problem else decode_text(letters)
    return Record(name, sequence, text, gene, symbol, line, problem, warnings)
