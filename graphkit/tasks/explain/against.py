"""Two inputs side by side: which records are compared with which."""

from __future__ import annotations

from collections import Counter
from functools import partial
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from graphkit.errors import InputError
from graphkit.sequences import as_records
from graphkit.sequences.selection import MOST_TOLD, Selection
from graphkit.sequences.streams import with_file
from graphkit.tasks.explain.comparison import compare
from graphkit.types import Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from graphkit.sequences.records import Sequences
    from graphkit.tasks.explain.comparison import Comparison
    from graphkit.tasks.explain.explanation import Explanation
    from graphkit.tasks.explain.seqlets import Explain
    from graphkit.tasks.localize.model import SequenceModel

STEPS = 256
"""Steps of the gradients to begin with: a difference is small beside what it is one of."""

_HOW_TO_PAIR = (
    "Give records that belong together one id, or one record alone in either file: it is compared"
    " with every record of the other."
)


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

    def compare(self, explanation: Explanation) -> Iterator[Comparison]:
        """Compare a record with its partners, one by one; it may have none."""
        found = self._all
        if found is None:
            # A name of its gene is none of it: that would be another transcript.
            record = Record(explanation.id, explanation.record.sequence)
            found = [self._by_id[name] for name in self._ids.met(record)[:1]]
            if not found:
                self._unpaired.append(explanation.id)
        for one in found:
            yield compare(self._model, explanation, self._explained(one, explanation.target))

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
