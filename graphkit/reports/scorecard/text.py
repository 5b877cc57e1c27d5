"""Format a scorecard for a terminal: aligned columns, no colour."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphkit.errors import printable
from graphkit.reports.pages import bracketed, digits

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from graphkit.reports.scorecard.scorecard import Scorecard, Table

COLUMNS = (
    "",
    "AUROC [95 %]",
    "model minus this",
    "AUPRC",
    "ACC",
    "macro-F1",
    "MCC",
    "Brier",
    "ECE",
)


def as_text(card: Scorecard) -> str:
    """Return the scorecard as lines of text, the conclusion last."""
    counts = ", ".join(f"{n:,} {printable(name, limit=40)}" for name, n in card.counts.items())
    lines = [f"{printable(card.source, limit=120)}: {card.n:,} records ({counts})"]
    for table in card.tables:
        lines += ["", f"{table.title}, n = {table.n:,}", *_aligned(list(_cells(table)))]
        lines += _below(table)
    lines += ["", *(printable(note) for note in card.notes)] if card.notes else []
    return "\n".join([*lines, "", printable(card.conclusion)]) + "\n"


def _cells(table: Table) -> Iterator[list[str]]:
    spans = [f"{low:.0f}-{high:.0f} nt" for low, high, _, _ in table.rows[0].terciles]
    yield [*COLUMNS, *spans]
    for row in table.rows:
        scores = row.scores
        decided = (scores.accuracy, scores.macro_f1, scores.mcc, scores.brier, scores.ece)
        yield [
            printable(row.name, limit=48),
            bracketed(row.auroc),
            "" if row.ahead is None else bracketed(row.ahead),
            digits(scores.auprc),
            *("-" if row.name in table.ranks else digits(value) for value in decided),
            *(digits(value) for _, _, _, value in row.terciles),
        ]


def _below(table: Table) -> list[str]:
    sizes = " / ".join(str(n) for _, _, n, _ in table.rows[0].terciles)
    lines = [f"The columns in nt are the AUROC within thirds by length (n = {sizes})."]
    if table.recalibrated is not None:
        lines.append(
            f"ECE of the model {digits(table.rows[0].scores.ece)};"
            f" {digits(table.recalibrated)} with a temperature fitted on the other folds."
        )
    return lines


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Pad cells to columns: names to the left, numbers to the right.

    Examples
    --------
    >>> _aligned([["", "n"], ["ours", "12"]])
    ['       n', 'ours  12']
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            cell.rjust(width) if i else cell.ljust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
