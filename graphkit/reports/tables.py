"""Write tables row by row, in the format of their file's ending.

Numbers stay numbers. Text cells of TSV and CSV that a spreadsheet would run as a formula get a
leading apostrophe (OWASP, "CSV Injection"); JSON lines and Parquet carry the text as it is.
"""

from __future__ import annotations

import csv
import io
import json
from enum import StrEnum
from importlib.util import find_spec
from typing import TYPE_CHECKING, Self

from graphkit.errors import InputError
from graphkit.reports.output import open_output

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import pandas as pd

    from graphkit.reports.output import Output

FORMULA_STARTS = tuple("=+-@\uff1d\uff0b\uff0d\uff20")
# Everything that some reader takes for the end of a line or of a cell.
_BLANKS = dict.fromkeys([*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029], " ")


class Format(StrEnum):
    """How rows are written."""

    TSV = "tsv"
    CSV = "csv"
    JSONL = "jsonl"
    PARQUET = "parquet"


_ENDINGS = {f".{kind}": kind for kind in Format} | {".txt": Format.TSV, ".ndjson": Format.JSONL}
_DELIMITERS = {Format.TSV: "\t", Format.CSV: ","}


def format_of(path: Path | None, asked: Format | None, *, slot: str = "-o") -> Format:
    """Return the format that the ending of a file says, or the one asked for where it says none.

    Parameters
    ----------
    path
        The file to come, packed with gzip where it ends in ``.gz``; None for stdout.
    asked
        A format, which must not contradict the ending; TSV where neither says one.
    slot
        The option that named the file.

    Raises
    ------
    InputError
        Naming the endings that are known, or what Parquet needs.

    Examples
    --------
    >>> from pathlib import Path
    >>> format_of(Path("where.csv.gz"), None), format_of(None, Format.JSONL)
    (<Format.CSV: 'csv'>, <Format.JSONL: 'jsonl'>)
    """
    if path is None or (path.exists() and not path.is_file()):
        return asked or Format.TSV
    plain = path.with_suffix("") if path.suffix.lower() == ".gz" else path
    meant = _ENDINGS.get(plain.suffix.lower()) if plain.suffix else asked or Format.TSV
    if meant is None or (meant is Format.PARQUET and plain is not path):
        raise InputError(
            "ends in none of .tsv, .csv, .jsonl, each also with .gz, and .parquet",
            file=path,
            slot=slot,
            remedy=f"Call it {plain.stem}.tsv.",
        )
    if asked not in (None, meant):
        raise InputError(
            f"is {meant} by its ending, and --format says {asked}",
            file=path,
            slot=slot,
            remedy=f"Call it {plain.stem}.{asked}, or leave out --format.",
        )
    if meant is Format.PARQUET and find_spec("pyarrow") is None:
        raise InputError(
            "needs pyarrow",
            file=path,
            slot=slot,
            remedy="Install it: pip install 'graphkit-bio[parquet]'.",
        )
    return meant


class TableWriter:
    """Write rows one at a time; those of Parquet together, when the ``with`` block ends well.

    Parameters
    ----------
    output
        Where the lines go.
    columns
        Names of the columns, in order; a row may lack some of them.
    format
        TSV and CSV have a line of column names above the first row, JSON lines name them in every
        row.
    flush
        Hand each row on at once. For a pipe, whose reader waits.

    Examples
    --------
    >>> from graphkit.reports.output import Output
    >>> stream = io.BytesIO()
    >>> writer = TableWriter(Output(stream, "memory"), ("id", "p"), format=Format.TSV)
    >>> writer.write({"id": "=cmd()", "p": -0.5})
    >>> print(stream.getvalue().decode())
    id	p
    '=cmd()	-0.5
    """

    def __init__(
        self,
        output: Output,
        columns: tuple[str, ...],
        *,
        format: Format,  # noqa: A002 - the name of the option
        flush: bool = False,
    ) -> None:
        self._output = output
        self._columns = columns
        self._format = format
        self._flush = flush
        self._empty = True
        self._kept: list[dict[str, object]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if self._format is Format.PARQUET and kind is None:
            import pandas as pd

            table = pd.DataFrame(self._kept, columns=list(self._columns))
            self._output.write(table.to_parquet(index=False))

    def write(self, row: Mapping[str, object]) -> None:
        """Write one row, after the names of the columns where it is the first."""
        values = [row.get(name) for name in self._columns]
        delimiter = _DELIMITERS.get(self._format)
        if delimiter is not None:
            if self._empty:
                self._put(table_line(self._columns, delimiter))
            self._put(table_line(values, delimiter))
        else:
            shown = (float(_digits(v)) if isinstance(v, float) else v for v in values)
            cells = dict(zip(self._columns, shown, strict=True))
            if self._format is Format.JSONL:
                self._put(json.dumps(cells) + "\n")
            else:
                self._kept.append(cells)
        self._empty = False

    def _put(self, line: str) -> None:
        # A lone surrogate, left by undecodable bytes, must not stop the run.
        self._output.write(line.encode("utf-8", errors="backslashreplace"))
        if self._flush:
            self._output.flush()


def write_table(table: pd.DataFrame, path: Path | None, *, format: Format) -> None:  # noqa: A002
    """Write a whole table to a file, or to stdout where that is None.

    Raises
    ------
    InputError
        If it cannot be written.
    """
    with (
        open_output(path) as output,
        TableWriter(output, tuple(table.columns), format=format) as writer,
    ):
        for row in table.to_dict("records"):
            writer.write(row)


def table_line(values: Sequence[object], delimiter: str = "\t") -> str:
    r"""Return one line of a TSV or CSV file, cells quoted as in RFC 4180 where they need it.

    Examples
    --------
    >>> table_line(("a", None, 0.25, -3, "-3"))
    "a\t\t0.25\t-3\t'-3\n"
    """
    line = io.StringIO()
    csv.writer(line, delimiter=delimiter, lineterminator="\n").writerow(map(_cell, values))
    return line.getvalue()


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return _digits(value)
    if isinstance(value, int):
        return str(value)
    text = str(value).translate(_BLANKS)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def _digits(value: float) -> str:
    # Six digits in every format: what lies below depends on the machine's arithmetic.
    return format(value, ".6g")
