"""Train and apply a classifier of sequences: verbs beside those for tissues."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphkit.tasks.localize.classifier import SequenceClassifier

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from graphkit.sequences.records import Sequences


def train(records: Sequences, labels: Iterable[object], **parameters: Any) -> SequenceClassifier:
    """Train a classifier on sequences whose class is known.

    Parameters
    ----------
    records
        What :func:`~graphkit.sequences.as_records` takes, n of them.
    labels : sequence [n]
        Class of each.
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
    >>> model = train(sequences, "NNCC", method="sgcl-lncloc", folds=2, settings=brief)
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
