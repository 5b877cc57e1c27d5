"""Score a model on records whose class is known, beside baselines, with intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from graphkit.errors import InputError
from graphkit.evaluation import baselines
from graphkit.evaluation.classifiers.baselines import length_score
from graphkit.reports.scorecard.memory import Memory, recall
from graphkit.reports.scorecard.scorecard import HALF, Scorecard, Table, make_tables, outside_note
from graphkit.reports.scorecard.verdict import HERE

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from graphkit.sequences import LabelledRecords
    from graphkit.tasks import SequenceClassifier

    Floats = NDArray[np.float64]

LENGTH = "length alone"


def evaluate(
    model: SequenceClassifier,
    data: LabelledRecords,
    *,
    training: LabelledRecords | None = None,
    name: str = "model",
    source: str = "records",
    training_source: str = "given",
    tell: Callable[[str], None] = lambda _: None,
    step: Callable[[], None] = lambda: None,
) -> Scorecard:
    """Score a model on records whose class is known, beside baselines, with intervals.

    Parameters
    ----------
    model
        A fitted model.
    data
        The records, read for its classes: see :func:`~graphkit.sequences.read_labelled`.
    training
        What the model was trained on: baselines are trained on it too, and records that the model
        has seen are told from those it has not.
    name, source, training_source
        What the model and the two sets of records are called.
    tell
        Is told which baseline is trained.
    step
        Called after each record predicted.

    Raises
    ------
    UnfittedError
        If nothing was fitted.
    InputError
        If a record cannot be used, or `training` has no record of some class.

    Examples
    --------
    >>> import graphkit
    >>> fasta = graphkit.datasets.shipped("simulated_transcripts.fasta")
    >>> model, records = graphkit.load("lncloc"), graphkit.read_fasta(fasta)
    >>> data = graphkit.read_labelled(records, file=fasta, classes=model.classes_)
    >>> [table.name for table in evaluate(model, data).tables]
    ['all']
    """
    ensemble = model.fitted("ensemble_")
    if data.several != (ensemble.sets is not None):
        kinds = "one class of each record", "several labels"
        raise InputError(
            f"the model predicts {kinds[not data.several]}, the records have {kinds[data.several]}",
            slot="labels",
            remedy="Give several labels as a table with --target, one class with --labels.",
        )
    predictions = []
    for prediction in ensemble.predict_each(data.records, uncertain=0.0, on_error="fail"):
        predictions.append(prediction)
        step()
    probabilities = {f"model {name}": np.array([one.probabilities for one in predictions])}
    if training is not None:
        probabilities |= _baselines(training, data, source=training_source, tell=tell)
    memory = recall(
        ensemble, data.codes, data.labels, training=None if training is None else training.codes
    )
    taught = ensemble.about.get("labels")
    return Scorecard(
        "evaluate",
        source,
        name,
        data.counts,
        tuple(_tables(data, probabilities, memory)),
        {"training set": "not given" if training is None else training_source},
        notes=(
            memory.note,
            # Without it no score can be read.
            *([f"What the model was taught: {taught}"] if taught else []),
            *outside_note(one.outside for one in predictions),
            *((HALF,) if data.several else ()),
            *data.notes,
        ),
        caution=memory.caution,
        seen=memory.n_seen,
    )


def _baselines(
    training: LabelledRecords,
    data: LabelledRecords,
    *,
    source: str,
    tell: Callable[[str], None],
) -> dict[str, Floats]:
    """Train every baseline and return its probabilities for `data`."""
    missing = [name for name in training.classes if name not in training.counts]
    if missing:
        raise InputError(
            f"has no record of the class {missing[0]!r}",
            file=source,
            remedy="Give the records the model was trained on.",
        )
    found = {}
    for name, make in baselines(several=data.several).items():
        tell(f"Training the baseline: {name}")
        baseline = make().fit(training.records, training.labels)
        found[f"{name} (trained)"] = baseline.predict_proba(data.records)
    return found


def _tables(data: LabelledRecords, probabilities: dict[str, Floats], memory: Memory) -> list[Table]:
    chosen = [("all", "All records", HERE, np.arange(len(data.codes)))]
    if memory.unseen is not None:
        chosen.append(("unseen", "Unseen records", "the unseen records", memory.unseen))
    tables = []
    for name, title, where, rows in chosen:
        labels, lengths = data.labels[rows], data.lengths[rows]
        model, *others = ((who, p[rows]) for who, p in probabilities.items())
        length = (LENGTH, _length_score(labels, lengths, classes=len(data.classes)))
        tables += make_tables(
            name,
            title,
            classes=data.classes,
            labels=labels,
            probabilities=dict([model, length, *others]),
            lengths=lengths,
            where=where,
            ranks=frozenset([LENGTH]),
        )
    return tables


def _length_score(labels: NDArray[np.int64], lengths: NDArray[np.int64], *, classes: int) -> Floats:
    """Return :func:`length_score`, label by label where there are several."""
    if labels.ndim == 1:
        return length_score(labels, lengths, classes=classes)
    each = [length_score(column, lengths, classes=2)[:, 1] for column in labels.T]
    return np.column_stack(each)
