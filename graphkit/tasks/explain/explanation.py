"""Hold the explanation of one record: the scores of its nucleotides, and how sure they are."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Self

import numpy as np

from graphkit.errors import InputError
from graphkit.sequences import decode

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graphkit.motifs import Seqlet, Track
    from graphkit.types import Prediction, Record, Scores, Window


@dataclass(frozen=True)
class Explanation:
    """Explanation of one record.

    Scores of a nucleotide are positive where it argues for the class. Log-odds are those of the
    class against all others, uncalibrated, of the members' mean logits.

    Parameters
    ----------
    record
        As it was read.
    status
        ``"explained"`` or ``"not_explained: reason"``.
    method
        ``"gradients"``, ``"attention"``, ``"mutagenesis"`` or ``"occlusion"``.
    target
        The class explained.
    codes : uint8 [length]
        The encoded sequence, as the model read it; None for a refused record.
    scores : Scores [length]
        One per position; NaN where no valid k-mer covers it.
    f_x, f_base
        Log-odds of the record, and of the reference where the method has one: scores above zero
        lead from it towards the class.
    reference
        Gradients only: ``"average transcript"``, as long as the record, of a model that knows the
        average of its training records; ``"baseline"``, whose k-mers say nothing, of others.
    side
        Gradients only: what length and composition add, by name, and ``"absent_kmers"``, what a
        baseline's few occurrences of k-mers that the record lacks are missed for. None of it
        belongs to a position.
    delta
        Gradients only: completeness error, ``total + side_total - (f_x - f_base)``.
    gap
        Gradients only: size of `delta` as a share of the way that was integrated over.
    steps
        Gradients only: points on the path that it took.
    agreement
        Mean Spearman correlation between the members' scores, where members have their own.
    effects : ndarray [length, 4]
        Mutagenesis only: change of the log-odds with A, C, G or U at the position.
    windows : tuple of Window
        Parts that the model reads by themselves; with gradients, what each reading adds.
    warnings
        What was repaired or looks odd.
    number
        Place of the record in its input, from 1, where it is known.
    seqlets : tuple of Seqlet
        Stretches whose summed score stands out, in order, where they were called.
    strongest : tuple of Seqlet
        Where no stretch stands out: the strongest, no more than chance gives.
    prediction
        What the model says of the record, where it was asked.
    nulls : tuple of ndarray [length]
        Scores of shuffles of the record, explained alike.
    """

    record: Record
    status: str
    method: str
    target: str | None = None
    codes: NDArray[np.uint8] | None = None
    scores: Scores | None = None
    f_x: float | None = None
    f_base: float | None = None
    reference: str = ""
    side: dict[str, float] = field(default_factory=dict)
    delta: float | None = None
    gap: float | None = None
    steps: int | None = None
    agreement: float | None = None
    effects: NDArray[np.float64] | None = None
    windows: tuple[Window, ...] = ()
    warnings: tuple[str, ...] = ()
    number: int = 0
    seqlets: tuple[Seqlet, ...] = ()
    strongest: tuple[Seqlet, ...] = ()
    prediction: Prediction | None = None
    nulls: tuple[NDArray[np.float64], ...] = ()

    @classmethod
    def refused(cls, record: Record, reason: str, method: str, warnings: tuple[str, ...]) -> Self:
        """Return what is said about a record that cannot be explained."""
        return cls(record, f"not_explained: {reason}", method, warnings=warnings)

    @property
    def id(self) -> str:
        """Identifier of the record."""
        return self.record.id

    @property
    def gene(self) -> str | None:
        """Gene identifier, where the header gives one."""
        return self.record.gene

    @property
    def symbol(self) -> str | None:
        """Gene symbol, where the header gives one."""
        return self.record.symbol

    @property
    def length(self) -> int:
        """Letters in the record."""
        return len(self.record.sequence)

    @property
    def explained(self) -> bool:
        """Whether there are scores."""
        return self.scores is not None

    @cached_property
    def sequence(self) -> str:
        """The letters the model read: A, C, G, U and N; empty for a refused record."""
        return "" if self.codes is None else decode(self.codes)

    @property
    def breaks(self) -> tuple[int, ...]:
        """Positions where windows begin or end: scores are comparable between them."""
        return tuple(sorted({at for w in self.windows for at in w[1:3]} - {0, self.length}))

    @cached_property
    def track(self) -> Track:
        """Letters and scores of a record that was explained."""
        from graphkit.motifs import Track

        if self.codes is None or self.scores is None:
            raise InputError("was not explained", record=self.id)
        return Track(self.id, self.codes, self.scores.values, self.breaks)

    @property
    def total(self) -> float | None:
        """Sum of the scores."""
        return None if self.scores is None else float(np.nansum(self.scores.values))

    @property
    def side_total(self) -> float | None:
        """What belongs to no position, in log-odds; None for methods that know no such share."""
        return sum(self.side.values()) if self.f_base is not None else None

    @property
    def side_share(self) -> float | None:
        """Size of what belongs to no position beside that of what does, 0 to 1."""
        if self.side_total is None or self.total is None:
            return None
        return abs(self.side_total) / max(abs(self.side_total) + abs(self.total), 1e-12)

    @property
    def uncovered(self) -> int:
        """Positions without a score."""
        return 0 if self.scores is None else int(np.isnan(self.scores.values).sum())

    @property
    def label(self) -> str | None:
        """What is predicted for the record."""
        return None if self.prediction is None else self.prediction.label

    def row(self) -> dict[str, object]:
        """Return the row of a summary table."""
        row = {name: getattr(self, name) for name in _COLUMNS}
        return {**row, "warnings": "; ".join(self.warnings)}


_COLUMNS = (
    "id",
    "gene",
    "symbol",
    "length",
    "status",
    "method",
    "target",
    "label",
    "f_x",
    "f_base",
    "reference",
    "total",
    "side_total",
    "side_share",
    "delta",
    "gap",
    "steps",
    "agreement",
    "uncovered",
)
