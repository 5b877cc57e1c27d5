"""Attribute the difference of two predictions to the differences of two sequences."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from graphkit.sequences import BREAK
from graphkit.sequences.alignment import GAP, align, differences

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from graphkit.sequences import Difference
    from graphkit.tasks.explain.explanation import Explanation
    from graphkit.tasks.localize.model import SequenceModel

    Codes = NDArray[np.uint8]
    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

MOST_LETTERS = 2_000_000
"""Letters of the sequences that are predicted anew to see what each difference does alone."""

PARTS = ("differ", "beside", "rest", "side", "reference")
PAIR_COLUMNS = (
    *("id", "other", "status", "f_x", "f_other", "difference"),
    *(*PARTS, "error", "identity", "n_differences"),
)


@dataclass(frozen=True)
class Comparison:
    """What a model makes of the differences between two sequences.

    Parameters
    ----------
    explanation, other
        Of the sequence, and of the one it is compared with.
    positions : int64 [2, C]
        Letter of each in each column, -1 where it has none.
    differences : tuple of Difference [n]
        In order.
    adds : ndarray [n]
        What each adds to the difference of what is predicted, letters beside it included.
    alone : ndarray [n]
        Change of the prediction where this difference alone is made in the other sequence; NaN
        where there are too many to predict each.
    parts
        What the difference of what is predicted is made of: the scores of letters that
        ``differ``, of those ``beside`` them, whose k-mers reach into them, and of the ``rest``;
        the ``side``, which has no place in a sequence; and the ``reference``, by which the averages
        differ that both are explained against, 0 of equal lengths. Empty, as all arrays are, where
        one of the two was not explained.
    """

    explanation: Explanation
    other: Explanation
    positions: Ints = field(default_factory=lambda: np.empty((2, 0), dtype=np.int64))
    differences: tuple[Difference, ...] = ()
    adds: Floats = field(default_factory=lambda: np.empty(0))
    alone: Floats = field(default_factory=lambda: np.empty(0))
    parts: dict[str, float] = field(default_factory=dict)

    @property
    def status(self) -> str:
        """``"compared"`` or ``"not_compared: reason"``."""
        for one in (self.explanation, self.other):
            if not one.explained:
                return f"not_compared: {one.id}: {one.status.removeprefix('not_explained: ')}"
        return "compared"

    @property
    def difference(self) -> float | None:
        """Value or log-odds of the sequence, less those of the other."""
        ours, theirs = self.explanation.f_x, self.other.f_x
        return None if ours is None or theirs is None else ours - theirs

    @property
    def error(self) -> float | None:
        """Completeness error: what the parts sum to, less the difference."""
        if self.difference is None or not self.parts:
            return None
        return sum(self.parts.values()) - self.difference

    @property
    def identity(self) -> float | None:
        """Share of columns with the same letter in both."""
        columns = self.positions.shape[1]
        unlike = sum(one.last - one.first for one in self.differences)
        return 1 - unlike / columns if columns else None

    def row(self) -> dict[str, object]:
        """Return the row of a table of pairs."""
        cells = (
            *(self.explanation.id, self.other.id, self.status),
            *(self.explanation.f_x, self.other.f_x, self.difference),
            *map(self.parts.get, PARTS),
            *(self.error, self.identity, len(self.differences) if self.parts else None),
        )
        return dict(zip(PAIR_COLUMNS, cells, strict=True))


def compare(model: SequenceModel, explanation: Explanation, other: Explanation) -> Comparison:
    """Compare two explanations of one class, by gradients.

    Parameters
    ----------
    model
        What both explain.
    explanation, other
        One that says why there are no scores gives a comparison that says so too.
    """
    from graphkit.tasks.explain.explained_model import fitted

    if not (explanation.explained and other.explained):
        return Comparison(explanation, other)
    ours, theirs = explanation.track, other.track
    pair = ours.codes, theirs.codes
    positions = align(*pair)
    found = differences(positions, *pair)
    change = _in_columns(ours.scores, positions[0])
    change -= _in_columns(theirs.scores, positions[1])
    # Edges of a graph of k-mers are a letter longer than its nodes.
    owner, inside = _owners(found, positions.shape[1], reach=fitted(model).k)
    adds: Floats = np.bincount(owner + 1, change, minlength=len(found) + 1).astype(np.float64)
    differ = float(change[inside].sum())
    parts = (
        differ,
        float(adds[1:].sum()) - differ,
        float(adds[0]),
        (explanation.side_total or 0.0) - (other.side_total or 0.0),
        (explanation.f_base or 0.0) - (other.f_base or 0.0),
    )
    return Comparison(
        explanation,
        other,
        positions,
        tuple(found),
        adds[1:],
        _alone(model, pair, str(other.target), found),
        dict(zip(PARTS, parts, strict=True)),
    )


def _in_columns(scores: Floats, positions: Ints) -> Floats:
    """Return the score in each column, 0 where there is none."""
    return np.where(positions == GAP, 0.0, np.nan_to_num(scores)[positions])


def _owners(
    found: Sequence[Difference], columns: int, *, reach: int
) -> tuple[Ints, NDArray[np.bool_]]:
    """Return the difference that each column belongs to or is beside, -1 of none, and which differ.

    What lies between two belongs to the nearer, or the one before.
    """
    owner = np.full(columns, -1)
    inside = np.zeros(columns, dtype=bool)
    limits = [0, *((a.last + b.first + 1) // 2 for a, b in pairwise(found))]
    for number, (one, low, high) in enumerate(
        zip(found, limits, [*limits[1:], columns], strict=False)
    ):
        inside[one.first : one.last] = True
        owner[max(one.first - reach, low) : min(one.last + reach, high)] = number
    return owner, inside


def _alone(
    model: SequenceModel, pair: tuple[Codes, Codes], target: str, found: Sequence[Difference]
) -> Floats:
    """Return what each difference changes where it alone is made in the other sequence.

    Single letters change the few k-mers that they touch; other sequences are predicted anew.
    """
    from graphkit.attribution import substitution_effects
    from graphkit.tasks.explain.explained_model import fitted, log_odds_of

    codes, base = pair
    alone = np.full(len(found), np.nan)
    if len(found) * len(base) > MOST_LETTERS:
        return alone
    explained = log_odds_of(model, target)
    single = np.array([_is_single(one, codes, base) for one in found], dtype=bool)
    at = [one.start for one in found], [one.other_start for one in found]
    start, place = (np.array(side, dtype=np.int64)[single] for side in at)
    f_x, alone[single] = substitution_effects(
        explained, base, position=place, letter=codes[start].astype(np.int64)
    )
    for number in np.flatnonzero(~single).tolist():
        one = found[number]
        letters = base[: one.other_start], codes[one.start : one.end], base[one.other_end :]
        made = np.concatenate(letters)
        if len(made) >= fitted(model).k:
            alone[number] = explained([made])[0] - f_x
    return alone


def _is_single(one: Difference, codes: Codes, base: Codes) -> bool:
    letters = codes[one.start : one.end], base[one.other_start : one.other_end]
    return all(len(side) == 1 and side[0] < BREAK for side in letters)
