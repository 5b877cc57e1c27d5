"""Train and apply models of sequences: verbs beside those for tissues."""

from __future__ import annotations

from itertools import compress
from typing import TYPE_CHECKING, Any

import numpy as np

from graphkit.errors import InputError
from graphkit.omics import embedding_adata
from graphkit.sequences import as_records
from graphkit.tasks.localize.classifier import SequenceClassifier
from graphkit.tasks.localize.ensemble import encode_all
from graphkit.tasks.localize.predictions import as_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import pandas as pd
    from anndata import AnnData
    from numpy.typing import NDArray

    from graphkit.sequences.records import Sequences
    from graphkit.tasks.localize.ensemble import Ensemble
    from graphkit.tasks.localize.model import SequenceModel
    from graphkit.types import Prediction


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
    """Predict where in the cell each transcript sits: a row per record, in their order.

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
    ensemble: Ensemble = model.fitted("ensemble_")
    return embedding(ensemble, embed_each(ensemble, records, **how))


def embed_each(
    ensemble: Ensemble, records: Sequences, **how: Any
) -> Iterator[tuple[Prediction, NDArray[np.float32] | None]]:
    """Yield the prediction and the embedding of each record; None where it cannot be read.

    Parameters
    ----------
    ensemble
        Of the model.
    records, how
        As :meth:`Ensemble.predict_each` takes them.
    """
    given = list(as_records(records))
    predictions = list(ensemble.predict_each(given, **how))
    read = list(compress(given, [one.predicted for one in predictions]))
    rows = iter(ensemble.embed(encode_all(read, ensemble.params)) if read else ())
    for prediction in predictions:
        yield prediction, next(rows) if prediction.predicted else None


def embedding(
    ensemble: Ensemble, found: Iterable[tuple[Prediction, NDArray[np.float32] | None]]
) -> AnnData:
    """Return what :func:`embed_each` yields as :func:`embed` does.

    Raises
    ------
    InputError
        If no record could be read.
    """
    predictions, rows, refused = [], [], None
    for prediction, row in found:
        if row is None:
            refused = refused or prediction.status
        else:
            predictions.append(prediction)
            rows.append(row)
    if not rows:
        raise InputError(f"no record can be embedded: {refused or 'there is none'}", slot="records")
    table = as_table(predictions, ensemble.row)
    if any(one.file for one in predictions):
        table["file"] = [one.file for one in predictions]
    return embedding_adata(np.stack(rows), table)
