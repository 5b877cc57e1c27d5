"""Count the rows of a table of predictions by label."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from graphkit.types import Prediction


@dataclass(slots=True)
class Tally:
    """Count rows by label; memory does not grow with the rows.

    Parameters
    ----------
    noun
        What one row stands for.

    Examples
    --------
    >>> from graphkit.types import Prediction
    >>> tally = Tally()
    >>> tally.add(Prediction("x", None, None, 9, "predicted", "Nucleus", (0.1, 0.9)))
    >>> tally.add(Prediction("y", None, None, 0, "not_predicted: no sequence"))
    >>> print(tally)
    2 records: 1 Nucleus, 1 not predicted
    """

    noun: str = "record"
    records: int = 0
    genes: int = 0
    labels: Counter[str] = field(default_factory=Counter)
    first_refused: Prediction | None = None

    @property
    def refused(self) -> int:
        """Number of records without a prediction."""
        return self.records - self.labels.total()

    def add(self, prediction: Prediction) -> None:
        """Count one row."""
        self.records += 1
        self.genes += bool(prediction.gene or prediction.symbol)
        if prediction.predicted:
            self.labels[str(prediction.label)] += 1
        elif self.first_refused is None:
            self.first_refused = prediction

    def __str__(self) -> str:
        parts = [f"{count:,} {label}" for label, count in sorted(self.labels.items())]
        if self.refused:
            parts.append(f"{self.refused:,} not predicted")
        return f"{self.counted}: {', '.join(parts)}"

    @property
    def counted(self) -> str:
        """Number of rows, of records or genes: a row is a gene's only where one is known."""
        alone = self.records - self.genes if self.noun == "gene" else 0
        rows = _number(self.records - alone, self.noun) if self.records > alone else ""
        without = f"{_number(alone, 'record')} of no known gene" if alone else ""
        return " and ".join(filter(None, (rows, without))) or _number(0, self.noun)


def _number(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'s' * (count != 1)}"
