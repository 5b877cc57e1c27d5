"""Two sequences side by side: where they differ, and what a model makes of each difference."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from itertools import chain, islice, pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from graphkit.errors import InputError
from graphkit.sequences import BREAK, as_records
from graphkit.sequences.alignment import GAP, align, differences
from graphkit.sequences.selection import MOST_TOLD, Selection
from graphkit.sequences.streams import with_file
from graphkit.types import Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from graphkit.sequences import Difference
    from graphkit.sequences.records import Sequences
    from graphkit.tasks.explain.explanation import Explanation
    from graphkit.tasks.explain.seqlets import Explain
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
STEPS = 256
"""Steps of the gradients to begin with: a difference is small beside what it is one of."""

_HOW_TO_PAIR = (
    "Give records that belong together one id, or one record alone in either file: it is compared"
    " with every record of the other."
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
        return None if self.difference is None else sum(self.parts.values()) - self.difference

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
            *(self.error, self.identity, len(self.differences)),
        )
        return dict(zip(PAIR_COLUMNS, cells, strict=True))


def explain_against(
    model: SequenceModel, records: Sequences, others: Sequences, **how: Any
) -> Iterator[Comparison]:
    """Explain how the prediction for a sequence differs from that for another.

    Parameters
    ----------
    model
        A fitted model whose gradients can be explained.
    records
        What :func:`~graphkit.sequences.as_records` takes; read as they are needed.
    others
        What they are compared with. One record alone, here or there, is compared with every record
        of the other side; else those of one id are, whatever its version.
    how
        `target`, `steps`, `tolerance` and `on_error` of :func:`explain`. By default it takes 256
        steps: a difference is small beside what it is one of.

    Returns
    -------
    iterator of Comparison
        One per pair, in the order of `records`; records without a partner have none.

    Raises
    ------
    InputError
        As :func:`explain`; where two of `others` have one id; at the end, if there was no pair.

    Examples
    --------
    >>> import graphkit
    >>> model = graphkit.load("lncloc")
    >>> letters = "ACGGUGCUAGCAUUGACUAG" * 10
    >>> mutant = {"G5C": letters[:4] + "C" + letters[5:]}
    >>> (found,) = explain_against(model, mutant, letters, target="Cytoplasm", steps=8)
    >>> [(one.kind, one.start) for one in found.differences]
    [('substitution', 4)]
    >>> bool(abs(found.alone[0] - found.difference) < 1e-5)
    True
    """
    from graphkit.tasks.explain.explain import explain

    how = {"steps": STEPS, "method": "gradients", **how}
    if how["method"] != "gradients":
        raise InputError(
            "splits no difference: its scores do not add up", slot="method", remedy="Use gradients."
        )
    ahead = as_records(records)
    first = list(islice(ahead, 2))
    explained: Explain = partial(explain, model, **how)
    partners = Others(model, as_records(others), explained, alone=len(first) == 1)
    return _compared(explained(chain(first, ahead)), partners)


def _compared(explanations: Iterable[Explanation], partners: Others) -> Iterator[Comparison]:
    for explanation in explanations:
        yield from partners.compare(explanation)
    partners.missing()


class Others:
    """The records that others are compared with.

    Parameters
    ----------
    model
        Fitted.
    records
        Read at once.
    explain
        Turns records into one explanation each, of a class where it is given a `target`.
    alone
        Whether there is one record only to compare with them.
    file
        For messages.

    Raises
    ------
    InputError
        If two of them have one id, and pairs are made by ids.
    """

    def __init__(
        self,
        model: SequenceModel,
        records: Iterable[Record],
        explain: Explain,
        *,
        alone: bool,
        file: Path | None = None,
    ) -> None:
        self._model, self._explain, self._file = model, explain, file
        everything = list(records)
        self._all = everything if alone or len(everything) == 1 else None
        self._by_id = {record.id: record for record in everything}
        self._ids = Selection(self._by_id, any_version=True)
        self._unpaired: list[str] = []
        self._last: tuple[Record, str | None, Explanation] | None = None
        if self._all is None and len(self._by_id) < len(everything):
            twice = [name for name, n in Counter(one.id for one in everything).items() if n > 1]
            raise InputError(
                f"{_named(twice)} more than once", file=file, slot="against", remedy=_HOW_TO_PAIR
            )

    def compare(self, explanation: Explanation) -> list[Comparison]:
        """Compare a record with its partners; none where it has no partner."""
        found = self._all
        if found is None:
            # A name of its gene is none of it: that would be another transcript.
            record = Record(explanation.id, explanation.record.sequence)
            found = [self._by_id[name] for name in self._ids.met(record)[:1]]
            if not found:
                self._unpaired.append(explanation.id)
        return [
            compare(self._model, explanation, self._explained(one, explanation.target))
            for one in found
        ]

    def missing(self) -> list[str]:
        """Return what to warn of: ids on either side that nothing was compared with.

        Raises
        ------
        InputError
            If there was no pair at all.
        """
        if self._all is not None:
            return []
        if not self._ids.n_met:
            raise self._ids.none_met(file=self._file, slot="against").at(remedy=_HOW_TO_PAIR)
        sides = (("input", self._unpaired), ("other file", self._ids.missing()))
        return [f"only in the {side}, not compared: {_named(ids)}" for side, ids in sides if ids]

    def _explained(self, record: Record, target: str | None) -> Explanation:
        if self._last is None or self._last[:2] != (record, target):
            found = self._explain([record], **({} if target is None else {"target": target}))
            self._last = record, target, next(with_file(found, str(self._file or "against")))
        return self._last[2]


def _named(ids: Sequence[str]) -> str:
    more = f" and {len(ids) - MOST_TOLD:,} more" if len(ids) > MOST_TOLD else ""
    return ", ".join(ids[:MOST_TOLD]) + more


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
