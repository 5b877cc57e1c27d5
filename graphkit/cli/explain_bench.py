"""``--evaluate``: whether the maps describe the model they were made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from graphkit.cli.terminal import console
from graphkit.reports.output import open_output, tsv_line
from graphkit.sequences import decode
from graphkit.types import Record

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from graphkit.attribution import Check, LogOdds
    from graphkit.methods import SequenceClassifier
    from graphkit.methods.explanation import Explanation
    from graphkit.tasks.explain.settings import Run
    from graphkit.types import Scores

    Codes = NDArray[np.uint8]
    View = Callable[[LogOdds, Codes], NDArray[np.float64]]

MOST_RECORDS, LONGEST = 10, 2_000
COLUMNS = ("test", "track", "statistic", "value", "n", "bar", "passed")


class Bench:
    """Keep a few short records as they pass, and test the explanations of them at the end.

    The tests ask the model thousands of times for each record, so that they take the first few
    that are short.

    Parameters
    ----------
    model
        What is explained.
    run
        What was asked for.
    """

    def __init__(self, model: SequenceClassifier, run: Run) -> None:
        self._model = model
        self._run = run
        self._target = run.target
        self._codes: list[Codes] = []

    def add(self, explanation: Explanation) -> None:
        """Keep a record where it was explained for the class of the others and is short."""
        full = len(self._codes) == MOST_RECORDS
        if full or not explanation.explained or explanation.length > LONGEST:
            return
        self._target = self._target or explanation.target
        if explanation.target == self._target:
            self._codes.append(explanation.track.codes)

    def run(self, path: Path) -> list[dict[str, object]]:
        """Test, print the table, write it to `path` and return its rows.

        Parameters
        ----------
        path
            A file, which need not exist; there is none where no record could be tested.
        """
        if not self._codes:
            console.warn(f"nothing to evaluate: no explained record of at most {LONGEST:,} nt")
            return []
        rows = [_row(check) for check in self._checks()]
        with open_output(path) as output:
            for cells in (COLUMNS, *(tuple(row.values()) for row in rows)):
                output.write(tsv_line(cells).encode())
        with open_output(None) as output:
            output.write(as_text(rows).encode())
        return rows

    def _checks(self) -> list[Check]:
        from graphkit.attribution import FaithfulnessParams, faithfulness
        from graphkit.methods.explaining_models import log_odds_of, need_explainable

        need_explainable(self._model, "gradients")
        console.note(f"Testing the maps on {len(self._codes)} records")
        return faithfulness(
            log_odds_of(self._model, str(self._target)),
            self._codes,
            views=self._views(),
            params=FaithfulnessParams(steps=self._run.steps, fine=2, seed=self._run.seed),
        )

    def _views(self) -> dict[str, View]:
        """Return attention as a track to compare with, where the model has it."""
        from graphkit.errors import InputError
        from graphkit.methods.explaining import explain_each
        from graphkit.methods.explaining_models import need_explainable

        try:
            need_explainable(self._model, "attention")
        except InputError:
            return {}

        def attention(_model: LogOdds, codes: Codes) -> NDArray[np.float64]:
            record = Record("tested", decode(codes))
            found = explain_each(self._model, [record], target=self._target, method="attention")
            return cast("Scores", next(found).scores).values

        return {"attention": attention}


def _row(check: Check) -> dict[str, object]:
    row = {name: getattr(check, name) for name in COLUMNS}
    return {**row, "passed": {True: "yes", False: "no", None: ""}[check.passed]}


def as_text(rows: Sequence[Mapping[str, object]]) -> str:
    """Return the table for a terminal, columns under one another.

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
