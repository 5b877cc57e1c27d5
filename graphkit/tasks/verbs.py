"""Train and apply models of sequences: verbs beside those for tissues."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphkit.errors import InputError
from graphkit.omics import embedding_adata
from graphkit.sequences import as_records
from graphkit.tasks.localize.classifier import SequenceClassifier

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd
    from anndata import AnnData

    from graphkit.sequences.records import Sequences
    from graphkit.tasks.localize.model import SequenceModel


def train(records: Sequences, labels: Iterable[Any], **parameters: Any) -> SequenceClassifier:
    """Train a classifier on sequences whose class, or labels, are known.

    Parameters
    ----------
    records
        What :func:`~graphkit.sequences.as_records` takes, n of them.
    labels : sequence [n], or [n, L] of 0 and 1
        Class of each, or which of several labels it has.
    parameters
        Of :class:`SequenceClassifier`.

    Raises
    ------
    InputError
        As :meth:`SequenceClassifier.fit`.

    Examples
    --------
    >>> from graphkit.training import TrainSettings
    >>> brief = TrainSettings(epochs=1)
    >>> sequences = ["GGCCAUGC" * 5, "GGCAUGCC" * 5, "AUUAUAUC" * 5, "AAUUCAUA" * 5]
    >>> model = train(sequences, "NNCC", method="sgcl-lncloc", members=2, settings=brief)
    >>> model.classes_.tolist()
    ['C', 'N']
    """
    return SequenceClassifier(**parameters).fit(records, labels)


def localize(model: SequenceClassifier, records: Sequences, **how: Any) -> pd.DataFrame:
    """Say where each transcript sits: one row per record, in their order.

    Parameters
    ----------
    model
        A fitted model.
    records
        What :func:`~graphkit.sequences.as_records` takes.
    how
        `uncertain` and `on_error` of :meth:`SequenceClassifier.localize`, which says what the
        columns are.

    Raises
    ------
    InputError
        As :meth:`SequenceClassifier.localize`.

    Examples
    --------
    >>> import graphkit
    >>> mouse = graphkit.datasets.shipped("mouse_lincrnas.fasta")
    >>> localize(graphkit.load("lncloc"), mouse)["label"].tolist()
    ['Nucleus', 'Nucleus', 'Cytoplasm']
    """
    return model.localize(records, **how)


def embed(model: SequenceModel, records: Sequences, **how: Any) -> AnnData:
    """Embed transcripts: one row each, for scanpy's neighbours, clusters and maps.

    Parameters
    ----------
    model
        A fitted model.
    records
        What :func:`~graphkit.sequences.as_records` takes; those that cannot be read are left out.
    how
        `uncertain` and `on_error` of ``model.localize``.

    Returns
    -------
    AnnData [n, M D]
        X: what the last layer of each of the M members reads, side by side, for
        ``scanpy.pp.neighbors(adata, use_rep="X")``; ``obs``: the table of ``model.localize``.

    Raises
    ------
    InputError
        If no record can be read.

    Examples
    --------
    >>> import graphkit
    >>> mouse = graphkit.datasets.shipped("mouse_lincrnas.fasta")
    >>> adata = embed(graphkit.load("lncloc"), mouse)
    >>> adata.n_obs, adata.obs["label"].tolist()
    (3, ['Nucleus', 'Nucleus', 'Cytoplasm'])
    """
    given = list(as_records(records))
    table = model.localize(given, **how)
    refused = table["status"].str.startswith("not_predicted")
    if refused.all():
        first = "there is none" if table.empty else table["status"].iloc[0]
        raise InputError(f"no record can be embedded: {first}", slot="records")
    kept = [record for record, no in zip(given, refused, strict=True) if not no]
    rows = table[~refused]
    if any(record.file for record in kept):
        rows = rows.assign(file=[record.file for record in kept])
    return embedding_adata(model.transform(kept), rows)
