"""Hold the results of ``evaluate`` and ``crossval``: a table per set of records, a conclusion."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from graphkit.errors import InputError
from graphkit.reports.scorecard.verdict import HERE, conclude

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import ArrayLike

    from graphkit.evaluation import ComparisonRow, Interval, ReliabilityBin

#: Fewer records than this make no table.
FEWEST = 10


@dataclass(frozen=True, slots=True)
class Table:
    """Hold one comparison of the model with its baselines.

    Parameters
    ----------
    name
        A word for programs: ``"all"``.
    title
        A heading for people.
    rows : tuple of ComparisonRow
        The model first.
    bins : tuple of ReliabilityBin
        Of the model.
    where
        What the records are called in a sentence.
    ranks
        Names of rows whose scores are ranks: only their order means something.
    recalibrated
        Expected calibration error of the model after one more temperature, where there is one.
    """

    name: str
    title: str
    rows: tuple[ComparisonRow, ...]
    bins: tuple[ReliabilityBin, ...]
    where: str = HERE
    ranks: frozenset[str] = frozenset()
    recalibrated: float | None = None

    @property
    def n(self) -> int:
        """Number of records scored."""
        return self.rows[0].scores.n

    @property
    def conclusion(self) -> str:
        """Conclusion in one sentence."""
        return conclude(self.rows, where=self.where)

    def as_dict(self) -> dict[str, Any]:
        """Return values for JSON; None where there is no number."""
        return {
            "n": self.n,
            "conclusion": self.conclusion,
            "rows": [self._row(row) for row in self.rows],
            "reliability": [
                {
                    "lower": part.lower,
                    "upper": part.upper,
                    "n": part.n,
                    "confidence": _number(part.confidence),
                    "accuracy": _number(part.accuracy),
                }
                for part in self.bins
            ],
            "ece_recalibrated": _number(self.recalibrated),
        }

    def _row(self, row: ComparisonRow) -> dict[str, Any]:
        scores = row.scores.as_dict()
        return {
            "name": row.name,
            "auroc": _interval(row.auroc),
            "auprc": _number(scores["auprc"]),
            **{
                name: None if row.name in self.ranks else _number(scores[name])
                for name in ("accuracy", "macro_f1", "mcc", "brier", "ece")
            },
            "model_minus_this": None if row.ahead is None else _interval(row.ahead),
            "auroc_by_length": [
                {"shortest": int(low), "longest": int(high), "n": n, "auroc": _number(value)}
                for low, high, n, value in row.terciles
            ],
        }


@dataclass(frozen=True, slots=True)
class Scorecard:
    """Hold all tables and notes of one run.

    Parameters
    ----------
    verb
        ``"evaluate"`` or ``"crossval"``.
    source
        Name of the input.
    model
        What was scored.
    counts : mapping of str to int
        Records of each class or label.
    tables : tuple of Table
        From the easiest to the hardest; the last one is what to go by.
    settings
        What was asked for, by name; plain values.
    notes
        What a reader has to know besides, one sentence each.
    caution
        What must stand beside the conclusion; may be empty.
    seen
        Records similar to a training record of the model; None where it is not known.
    """

    verb: str
    source: str
    model: str
    counts: Mapping[str, int]
    tables: tuple[Table, ...]
    settings: Mapping[str, object]
    notes: tuple[str, ...] = ()
    caution: str = ""
    seen: int | None = None

    @property
    def n(self) -> int:
        """Number of records read."""
        return max(table.n for table in self.tables)

    @property
    def conclusion(self) -> str:
        """Conclusion of the hardest table, and how far to trust it."""
        return f"{self.tables[-1].conclusion} {self.caution}".strip()

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return {
            "command": self.verb,
            "input": self.source,
            "model": self.model,
            "settings": dict(self.settings),
            "records": self.n,
            "classes": dict(self.counts),
            "similar_to_training": self.seen,
            "conclusion": self.conclusion,
            "notes": list(self.notes),
            "tables": {table.name: table.as_dict() for table in self.tables},
        }


def make_table(
    name: str,
    title: str,
    *,
    labels: ArrayLike,
    probabilities: Mapping[str, ArrayLike],
    lengths: ArrayLike,
    where: str = HERE,
    ranks: frozenset[str] = frozenset(),
    recalibrated: float | None = None,
) -> Table:
    """Compare the first of `probabilities` with the others.

    Parameters
    ----------
    name, title, where, ranks, recalibrated
        As in :class:`Table`.
    labels : int [n]
    probabilities : mapping of str to float [n, C]
        The model first.
    lengths : int [n]
    """
    from graphkit.evaluation import compare_classifiers, reliability

    model = next(iter(probabilities))
    rows = compare_classifiers(labels, probabilities, lengths, model=model)
    bins = reliability(labels, probabilities[model])
    return Table(name, title, tuple(rows), tuple(bins), where, ranks, recalibrated)


def make_tables(
    name: str,
    title: str,
    *,
    classes: Sequence[str],
    labels: ArrayLike,
    probabilities: Mapping[str, ArrayLike],
    where: str = HERE,
    **how: Any,
) -> list[Table]:
    """Return one table of classes, or one for each of several labels, the hardest last.

    Parameters
    ----------
    name, title, where, how
        As in :func:`make_table`.
    classes : sequence of str [C]
        Names of classes or labels.
    labels : int [n] or [n, C]
    probabilities : mapping of str to float [n, C]
        The model first.

    Raises
    ------
    InputError
        If no label has records enough with and without it.
    """
    y = np.asarray(labels)
    if y.ndim == 1:
        return [make_table(name, title, labels=y, probabilities=probabilities, where=where, **how)]
    tables = []
    for column, label in enumerate(classes):
        if not enough_for_a_table(y[:, column]):
            continue
        pairs = {who: np.asarray(p)[:, [column, column]] for who, p in probabilities.items()}
        tables.append(
            make_table(
                f"{name}: {label}",
                f"{title}: {label}, {y[:, column].sum():,} with it",
                labels=y[:, column],
                probabilities={who: np.abs(p - [1, 0]) for who, p in pairs.items()},
                where=f"{where}, of the label {label}",
                **how,
            )
        )
    if not tables:
        raise InputError(
            "no label has records both with and without it",
            slot="labels",
            remedy=f"Give {FEWEST} records or more.",
        )
    return sorted(tables, key=lambda table: -table.rows[0].auroc.estimate)


def enough_for_a_table(labels: ArrayLike) -> bool:
    """Whether records make a table: ten of them, of two classes.

    Examples
    --------
    >>> enough_for_a_table([0] * 20), enough_for_a_table([0, 1] * 5)
    (False, True)
    """
    y = np.asarray(labels)
    return len(y) >= FEWEST and len(np.unique(y)) > 1


def _interval(interval: Interval) -> dict[str, float | None]:
    return {
        "estimate": _number(interval.estimate),
        "lower": _number(interval.lower),
        "upper": _number(interval.upper),
    }


def _number(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else float(value)


HALF = (
    "ACC, macro-F1 and MCC are of decisions at a probability of one half, in each row; localize"
    " decides by thresholds with equal errors on both sides."
)
"""Note on tables of several labels."""


def outside_note(outside: Iterable[bool]) -> tuple[str, ...]:
    """Return a note on records outside the domain of use, none where there is no such record.

    Examples
    --------
    >>> outside_note([False, False])
    ()
    """
    each = list(outside)
    if not any(each):
        return ()
    told = f"{sum(each):,} of {len(each):,} records are outside what the model was taught"
    return (f"{told}: localize would not answer, here they are scored as all others.",)
