"""Genes of a table of transcripts: one row for each gene, and whether its isoforms disagree."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from graphkit.sequences import strip_version

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from graphkit.types import Prediction

COLUMNS = ("isoforms", "isoforms_agree", "isoform_labels")
_UNDECIDED = ("uncertain", "not_predicted")


@dataclass(frozen=True, slots=True)
class GeneRow:
    """The longest transcript of one gene, and what its isoforms say together.

    Parameters
    ----------
    prediction
        Of the longest transcript that could be predicted, else of the longest.
    labels
        How many isoforms got which label; ``"not_predicted"`` stands beside the labels.

    Examples
    --------
    >>> from graphkit.types import Prediction
    >>> row = GeneRow(Prediction("t1", "g", None, 9, "predicted"), {"A": 2, "B": 1})
    >>> row.row()
    {'isoforms': 3, 'isoforms_agree': 'no', 'isoform_labels': 'A 2, B 1'}
    """

    prediction: Prediction
    labels: dict[str, int]

    def row(self) -> dict[str, object]:
        """Return the cells that stand beside those of the prediction.

        ``isoforms_agree`` is empty where fewer than two isoforms got a label.
        """
        decided = {name: n for name, n in self.labels.items() if name not in _UNDECIDED}
        agree = None if sum(decided.values()) < 2 else "yes" if len(decided) == 1 else "no"
        return {
            "isoforms": sum(self.labels.values()),
            "isoforms_agree": agree,
            "isoform_labels": ", ".join(f"{name} {n}" for name, n in sorted(self.labels.items())),
        }


@dataclass(slots=True)
class _Gene:
    longest: Prediction
    refused: Prediction | None
    labels: Counter[str]


def longest_isoforms(predictions: Iterable[Prediction]) -> Iterator[GeneRow]:
    """Yield one row for each gene, in the order in which the genes first appear.

    Versions of a gene identifier are one gene; where there is no identifier the symbol stands for
    it, and a record with neither stands for itself. Of transcripts of one length the first counts.
    Memory grows with the number of genes: a gene is complete only where the input ends.
    """
    genes: dict[object, _Gene] = {}
    for position, prediction in enumerate(predictions):
        key = _key(prediction)
        if key is None and not genes:
            # Nothing is waiting, so this row can go out without leaving the order.
            yield _row(_first(prediction))
            continue
        gene = genes.get(key or position)
        if gene is None:
            genes[key or position] = _first(prediction)
        else:
            _add(gene, prediction)
    for gene in genes.values():
        yield _row(gene)


def _key(prediction: Prediction) -> tuple[str, str] | None:
    if prediction.gene:
        return ("gene", strip_version(prediction.gene))
    return ("symbol", prediction.symbol) if prediction.symbol else None


def _first(prediction: Prediction) -> _Gene:
    refused = None if prediction.predicted else prediction
    return _Gene(prediction, refused, Counter([prediction.label or "not_predicted"]))


def _add(gene: _Gene, prediction: Prediction) -> None:
    gene.labels[prediction.label or "not_predicted"] += 1
    if not prediction.predicted and (
        gene.refused is None or prediction.length > gene.refused.length
    ):
        gene.refused = prediction
    better = (prediction.predicted, prediction.length)
    if better > (gene.longest.predicted, gene.longest.length):
        gene.longest = prediction


def _row(gene: _Gene) -> GeneRow:
    longest, refused = gene.longest, gene.refused
    if refused is not None and longest.predicted and refused.length > longest.length:
        warning = f"a longer transcript, {refused.id}, was {refused.status.replace('_', ' ')}"
        longest = replace(longest, warnings=(*longest.warnings, warning))
    return GeneRow(longest, dict(gene.labels))
