"""Find labelled records that a model may remember, so that memory is not taken for skill."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from graphkit.reports.scorecard.scorecard import FEWEST, enough_for_a_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from graphkit.tasks.localize.ensemble import Ensemble

    Codes = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Memory:
    """Hold the overlap of scored records and training records, as far as it is known.

    Parameters
    ----------
    seen : bool [n] or None
        True where a record is similar to a training record; None where nobody knows.
    labels : int [n] or [n, C]
        Classes or labels of the records.
    whole
        Whether the training records themselves were compared; otherwise the model's sketches of
        them, which tell what is known or related only.
    """

    seen: NDArray[np.bool_] | None
    labels: NDArray[np.int64]
    whole: bool = True

    @property
    def n_seen(self) -> int | None:
        """Number of records that were seen, where it is known."""
        return None if self.seen is None else int(self.seen.sum())

    @property
    def unseen(self) -> NDArray[np.int64] | None:
        """Indices of the unseen records, where some were seen and the others make a table."""
        if self.seen is None or not self.seen.any():
            return None
        rows = np.flatnonzero(~self.seen)
        columns = np.atleast_2d(self.labels[rows].T)
        return rows if any(map(enough_for_a_table, columns)) else None

    @property
    def note(self) -> str:
        """Note to readers of the tables."""
        if self.seen is None:
            return "With --train, records the model has seen are told from those it has not."
        if not self.n_seen:
            return f"None of the records {self._what()}: all count as unseen."
        told = f"{self._share()} records {self._what()}"
        if self.unseen is not None:
            return f"{told}; the table of unseen records is without them."
        return f"{told}; a table of the others needs {FEWEST} records of two classes."

    @property
    def caution(self) -> str:
        """Caution to stand beside a conclusion drawn from all records; may be empty."""
        if self.seen is None:
            return "It is not known which of them the model has seen in training."
        if self.n_seen and self.unseen is None:
            return f"Of them {self._share()} were seen in training: memory may pass for skill."
        return ""

    def _share(self) -> str:
        return f"{self.n_seen:,} of {len(self.labels):,}"

    def _what(self) -> str:
        if self.whole:
            return "are similar or identical to a training record"
        return "are known from training or related to it, by the model's own sketches"


def recall(
    ensemble: Ensemble,
    codes: Sequence[Codes],
    labels: NDArray[np.int64],
    *,
    training: Sequence[Codes] | None,
) -> Memory:
    """Find records that are in the training set, or that the model itself recognises.

    Parameters
    ----------
    ensemble
        A model; some carry sketches of what they were trained on.
    codes : list of uint8 [L], [n]
    labels : int [n] or [n, C]
        The scored records.
    training : list of uint8 [L], optional
        The training records, where the user gave them.
    """
    known = ensemble.known
    if training is None and known is None:
        return Memory(None, labels)
    seen = np.zeros(len(codes), dtype=np.bool_)
    if training is not None:
        from graphkit.sequences import similar_to

        seen |= similar_to(codes, training)
    if known is not None:
        seen |= [known.lookup(one) is not None for one in codes]
    return Memory(seen, labels, whole=training is not None)
