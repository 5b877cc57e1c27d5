"""The few values that travel between layers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, Self

import numpy as np

from graphkit.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray
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
    file
        Name of its file, where there are several.
    number
        Place in the input, from 1; 0 where nobody counted.

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
    file: str | None = None
    number: int = 0


class Neighbor(NamedTuple):
    """A measured training transcript that a model reads much as it reads a record.

    Parameters
    ----------
    number
        Of the transcript, in the model's index.
    value, lines
        What was measured, and in how many cell lines.
    similarity
        Cosine of the two embeddings, up to 1.
    """

    number: int
    value: float
    lines: int
    similarity: float


@dataclass(frozen=True, slots=True)
class Prediction:
    """Prediction for one record; one row of the output table.

    Parameters
    ----------
    id, gene, symbol
        As in :class:`Record`.
    length
        Letters in the sequence.
    status
        ``"predicted"``, ``"outside_domain"`` where the sequence is too far from what the model was
        taught for a label, or ``"not_predicted: reason"``.
    label
        A class, ``"uncertain"``, or None where nothing was predicted.
    probabilities : tuple of float [C] or None
        One probability per class, in the order of the model's ``classes_``.
    members_agree
        Members that vote for the most probable class, as ``"4 of 5"``: of 4/5 a spreadsheet makes
        a date.
    fraction_n
        Share of letters that are not A, C, G or U/T.
    warnings
        What was repaired or looks odd.
    applicability
        Share of training records that lie farther from their common run than this sequence, 0 to
        1; None where the model does not say what it was taught.
    known_label
        Label, measured and not predicted, of the training transcript that this sequence is
        identical or nearly identical to: they share 80 % or more of the 21-mers of both.
    related_label
        The same of a training transcript of which it is a piece, an isoform or a fusion: they share
        50 % or more of the 21-mers of the smaller.
    query_coverage, reference_coverage
        Share of the 21-mers of this sequence, and of that transcript, that are in the other.
    value : tuple of float or None [3]
        Of a model that predicts a value: it, and the ends of its interval; those are None where the
        status is ``"outside_domain"``.
    measured : tuple [3]
        Value, standard deviation and number of cell lines of the transcript of `known_label`.
    nearest : tuple of Neighbor
        Measured training transcripts nearest to the sequence, where they were asked for.
    file
        As in :class:`Record`.
    """

    id: str
    gene: str | None
    symbol: str | None
    length: int
    status: str
    label: str | None = None
    probabilities: tuple[float, ...] | None = None
    members_agree: str | None = None
    fraction_n: float | None = None
    warnings: tuple[str, ...] = ()
    applicability: float | None = None
    known_label: str | None = None
    related_label: str | None = None
    query_coverage: float | None = None
    reference_coverage: float | None = None
    value: tuple[float | None, float | None, float | None] = (None, None, None)
    measured: tuple[float | None, float | None, int | None] = (None, None, None)
    nearest: tuple[Neighbor, ...] = ()
    file: str | None = None

    @property
    def predicted(self) -> bool:
        """Whether there is a prediction in this row."""
        return self.probabilities is not None

    @property
    def outside(self) -> bool:
        """Whether the sequence is too far from what the model was taught for a label."""
        return self.status == "outside_domain"

    def row(
        self, classes: tuple[str, ...], quantity: tuple[tuple[str, ...], ...] = ()
    ) -> dict[str, object]:
        """Return the row of the output table, one ``p_<class>`` column per class.

        `quantity` names the columns of `value` and of `measured`, where the model predicts a value.

        Examples
        --------
        >>> row = Prediction("x", None, None, 3, "not_predicted: too short").row(("A", "B"))
        >>> list(row)[:4], row["p_A"]
        (['id', 'gene', 'symbol', 'length'], None)
        """
        probabilities = self.probabilities or (None,) * len(classes)
        values, measured = quantity or ((), ())
        return {
            "id": self.id,
            "gene": self.gene,
            "symbol": self.symbol,
            "length": self.length,
            "status": self.status,
            "label": self.label,
            **dict(zip(values, self.value, strict=False)),
            **{f"p_{name}": p for name, p in zip(classes, probabilities, strict=True)},
            "members_agree": self.members_agree,
            "applicability": self.applicability,
            "known_label": self.known_label,
            **dict(zip(measured, self.measured, strict=False)),
            "related_label": self.related_label,
            "query_coverage": self.query_coverage,
            "reference_coverage": self.reference_coverage,
            "frac_N": self.fraction_n,
            "warnings": "; ".join(self.warnings),
        }


NOBODY = Prediction("", None, None, 0, "")
"""No record: its row has the columns of a table without rows."""


class Provenance(Protocol):
    """Provenance of the units of a graph; every builder gives one."""

    @property
    def ids(self) -> Sequence[Any]:
        """What they came from, ``[m]``: positions of a sequence, genes."""
        ...

    def project(self, values: NDArray[np.floating]) -> NDArray[np.float64]:
        """Carry one score per unit, ``[n]``, to one per thing it came from, ``[m]``."""
        ...


class Window(NamedTuple):
    """A part of a sequence that a model reads by itself.

    Parameters
    ----------
    name
        In words, such as ``"first 200 nt"``.
    start, end
        0-based, half-open.
    adds
        What its reading adds to the prediction, where that is known.
    """

    name: str
    start: int
    end: int
    adds: float | None = None


@dataclass(frozen=True, slots=True)
class Scores:
    """Contributions of nodes, edges, positions or genes to a prediction: one number each.

    Parameters
    ----------
    values : ndarray [n]
        Positive where the unit argues for the class; NaN where it cannot be scored.
    ids : sequence [n]
        Names of the units; for positions their 0-based places.
    delta
        Completeness error of the attribution (what the scores and all shares beside them sum to,
        less what they should), where the attribution has one.
    provenance
        Where the units came from; None where they stand for themselves: positions, spots, cells.
    name
        What the numbers are, a column name.

    Examples
    --------
    >>> scores = Scores(np.array([0.5, np.nan, -1.0]), range(3))
    >>> scores.project() is scores
    True
    >>> print(scores.to_bedgraph("t1"), end="")
    t1	0	1	0.5
    t1	2	3	-1
    """

    values: NDArray[np.float64]
    ids: Sequence[Any]
    delta: float | None = None
    provenance: Provenance | None = None
    name: str = "score"

    def __post_init__(self) -> None:
        if np.shape(self.values) != (len(self.ids),):
            shape = np.shape(self.values)
            raise InputError(f"scores of shape {shape} for {len(self.ids)} ids", slot="values")

    def __len__(self) -> int:
        return len(self.ids)

    def project(self) -> Self:
        """Carry the scores to what the units came from, along the builder's provenance."""
        if self.provenance is None:
            return self
        values = self.provenance.project(self.values)
        return replace(self, values=values, ids=self.provenance.ids, provenance=None)

    def to_frame(self) -> pd.DataFrame:
        """Return a table with the columns ``id`` and what the scores are called."""
        import pandas as pd

        return pd.DataFrame({"id": list(self.ids), self.name: self.values})

    def to_bedgraph(self, sequence: str) -> str:
        """Return bedGraph lines: 0-based, half-open, neighbours of one value in one line.

        Positions without a score are left out.

        Parameters
        ----------
        sequence
            Name of the sequence; white space in it becomes ``_``.

        Raises
        ------
        InputError
            If the scores are not those of positions.
        """
        positions = all(isinstance(place, int | np.integer) for place in self.ids[:1])
        if self.provenance is not None or not positions:
            raise InputError(
                "scores of units other than positions make no track",
                slot="ids",
                remedy="Call project() first.",
            )
        name = "_".join(sequence.split()) or "sequence"
        known = ~np.isnan(self.values)
        places = np.asarray(self.ids)[known].tolist()
        values = [format(value, ".6g") for value in self.values[known].tolist()]
        numbered = enumerate(zip(places, values, strict=True))
        lines = []
        for (_, value), run in groupby(numbered, key=lambda at: (at[1][0] - at[0], at[1][1])):
            stretch = [place for _, (place, _) in run]
            lines.append(f"{name}\t{stretch[0]}\t{stretch[-1] + 1}\t{value}\n")
        return "".join(lines)


class Encoding(NamedTuple):
    """Output of an encoder.

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
