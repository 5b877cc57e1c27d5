"""The few values that travel between layers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True, slots=True)
class Record:
    """One sequence as it was read, nothing changed but line breaks.

    Parameters
    ----------
    id
        The header up to the first whitespace; the transcript for GENCODE headers.
    sequence
        The letters as given: any case, T or U, N and other letters included.
    header
        The whole header without ``>``.
    gene, symbol
        Gene identifier and gene symbol where the header style gives them.
    line
        1-based line of the header in its file.
    problem
        Why the reader could not take this record, else None.
    warnings
        What the reader repaired.

    Examples
    --------
    >>> Record("seq1", "ACGU").sequence
    'ACGU'
    """

    id: str
    sequence: str
    header: str = ""
    gene: str | None = None
    symbol: str | None = None
    line: int | None = None
    problem: str | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Prediction:
    """What a model says about one record; one row of the output table.

    Parameters
    ----------
    id, gene, symbol
        As in :class:`Record`.
    length
        Letters in the sequence.
    status
        ``"predicted"`` or ``"not_predicted: reason"``.
    label
        A class, ``"uncertain"``, or None where nothing was predicted.
    probabilities : tuple of float [C] or None
        One probability per class, in the order of the model's ``classes_``.
    folds_agree
        Members that vote for the most probable class, as ``"4/5"``.
    fraction_n
        Share of letters that are not A, C, G or U/T.
    warnings
        What was repaired or looks odd.
    known_label
        Label, measured and not predicted, of the training transcript that this sequence is
        identical or nearly identical to; None where there is none or the model carries no sketches.
    similarity
        Share of 21-mers shared with that transcript (of the smaller of the two), 0.5 to 1.
    """

    id: str
    gene: str | None
    symbol: str | None
    length: int
    status: str
    label: str | None = None
    probabilities: tuple[float, ...] | None = None
    folds_agree: str | None = None
    fraction_n: float | None = None
    warnings: tuple[str, ...] = ()
    known_label: str | None = None
    similarity: float | None = None

    @property
    def predicted(self) -> bool:
        """Whether there is a prediction in this row."""
        return self.probabilities is not None

    def row(self, classes: tuple[str, ...]) -> dict[str, object]:
        """Return the row of the output table, one ``p_<class>`` column per class.

        Examples
        --------
        >>> row = Prediction("x", None, None, 3, "not_predicted: too short").row(("A", "B"))
        >>> list(row)[:4], row["p_A"]
        (['id', 'gene', 'symbol', 'length'], None)
        """
        probabilities = self.probabilities or (None,) * len(classes)
        return {
            "id": self.id,
            "gene": self.gene,
            "symbol": self.symbol,
            "length": self.length,
            "status": self.status,
            "label": self.label,
            **{f"p_{name}": p for name, p in zip(classes, probabilities, strict=True)},
            "folds_agree": self.folds_agree,
            "known_label": self.known_label,
            "similarity": self.similarity,
            "frac_N": self.fraction_n,
            "warnings": "; ".join(self.warnings),
        }


class Encoding(NamedTuple):
    """What an encoder returns.

    Parameters
    ----------
    nodes : Tensor [N, D] or [B, N, D]
        Node embeddings; the second form comes from the fixed-topology path.
    graph : Tensor [B, D] or None
        Graph embeddings, where the encoder has a readout.
    attention : Tensor [E] or None
        Attention of each edge, in the order of ``edge_index``.
    node_weights : Tensor [N] or [B, N] or None
        Share of each node in its graph's embedding.
    """

    nodes: Tensor
    graph: Tensor | None = None
    attention: Tensor | None = None
    node_weights: Tensor | None = None
