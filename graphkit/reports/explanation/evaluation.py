"""Write tables of the tests that explanations passed or failed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphkit.reports.output import open_output
from graphkit.reports.tables import table_line

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from graphkit.attribution import Check

COLUMNS = ("test", "track", "statistic", "value", "n", "bar", "passed")


def _row(check: Check) -> dict[str, object]:
    row = {name: getattr(check, name) for name in COLUMNS}
    return {**row, "passed": {True: "yes", False: "no", None: ""}[check.passed]}


def as_text(rows: Sequence[Mapping[str, object]]) -> str:
    """Return the table for a terminal, in aligned columns.

    Parameters
    ----------
    rows
        With the same keys.

    Examples
    --------
    >>> print(as_text([{"test": "gap", "value": 0.0123}]), end="")
    test  value
    gap   0.0123
    """
    cells = [list(rows[0]), *([_cell(value) for value in row.values()] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = (
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in cells
    )
    return "".join(f"{line}\n" for line in lines)


def _cell(value: object) -> str:
    return format(value, ".3g") if isinstance(value, float) else str(value)


def write_tests(checks: Sequence[Check], path: Path) -> list[dict[str, object]]:
    """Write the table of tests to `path` and return its rows.

    Parameters
    ----------
    checks
        At least one.
    path
        A file, which need not exist.
    """
    rows = [_row(check) for check in checks]
    with open_output(path) as output:
        for cells in (COLUMNS, *(tuple(row.values()) for row in rows)):
            output.write(table_line(cells).encode())
    return rows
