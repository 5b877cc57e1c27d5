"""Write tables of the differences of two sequences and their effect on the prediction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphkit.errors import shorten
from graphkit.reports.explanation.tables import put
from graphkit.reports.tables import table_line
from graphkit.tasks.explain.comparison import PAIR_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from graphkit.reports.explanation.files import ExplainFiles
    from graphkit.tasks.explain.against import Others
    from graphkit.tasks.explain.comparison import Comparison
    from graphkit.tasks.explain.explanation import Explanation

PAIRS, DIFFERENCES = "comparisons.tsv", "differences.tsv"
_COLUMNS = (
    *("id", "other", "kind", "start", "end", "other_start", "other_end"),
    *("letters", "other_letters", "adds", "alone"),
)
MOST_SHOWN = 20
"""Pairs of one record that a page shows."""
_LONGEST = 50  # letters of a stretch that are written


def stretches(found: Comparison) -> Iterator[tuple[object, ...]]:
    """Yield for each difference: kind, places, letters, what it adds and what it does alone."""
    ours, theirs = found.explanation.sequence, found.other.sequence
    for one, adds, alone in zip(
        found.differences, found.adds.tolist(), found.alone.tolist(), strict=True
    ):
        kind, start, end, other_start, other_end = one[:5]
        letters = ours[start:end], theirs[other_start:other_end]
        yield (
            *(kind, start, end, other_start, other_end),
            *(shorten(text, _LONGEST) for text in letters),
            *(adds, None if alone != alone else alone),  # NaN: too many to predict each
        )


class AgainstFiles:
    """Compare each record that passes with its partners, and write what they differ by.

    Parameters
    ----------
    others
        The partners.
    files
        The folder they go to.
    step
        To be called after each pair of a record but its last.
    """

    def __init__(
        self, others: Others, files: ExplainFiles, *, step: Callable[[], None] = lambda: None
    ) -> None:
        self._others, self._step = others, step
        self._pairs, self._differences = files.open(PAIRS), files.open(DIFFERENCES)
        self.n_compared = 0
        put(self._pairs, [table_line(PAIR_COLUMNS)])
        put(self._differences, [table_line(_COLUMNS)])

    def add(self, explanation: Explanation) -> tuple[list[Comparison], list[dict[str, object]]]:
        """Compare and write one record; return what the page shows, and the rows of all pairs."""
        shown: list[Comparison] = []
        rows: list[dict[str, object]] = []
        for one in self._others.compare(explanation):
            if rows:
                self._step()
            row = one.row()
            rows.append(row)
            put(self._pairs, [table_line(tuple(row.values()))])
            names = one.explanation.id, one.other.id
            put(self._differences, (table_line((*names, *cells)) for cells in stretches(one)))
            self.n_compared += one.status == "compared"
            if len(shown) < MOST_SHOWN:
                shown.append(one)
        return shown, rows

    def finish(self) -> list[str]:
        """Return what to warn of: ids that nothing was compared with.

        Raises
        ------
        InputError
            If there was no pair at all.
        """
        return self._others.missing()
