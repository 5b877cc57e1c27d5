"""The estimator: records and labels in, an ensemble of fold members out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from sklearn.base import ClassifierMixin

from graphkit.errors import InputError
from graphkit.sequences import as_labels, as_records
from graphkit.tasks.localize.model import SequenceModel

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    import pandas as pd
    from numpy.typing import NDArray
    from sklearn.utils import Tags

    from graphkit.methods.base import SequenceMethod
    from graphkit.sequences.records import Sequences


class SequenceClassifier(ClassifierMixin, SequenceModel):
    """An ensemble of graph networks that classifies transcripts.

    One member is trained per fold; folds never part similar sequences, and everything fitted (node
    vectors, scales, stopping) sees the training part of its fold only. Members' logits are averaged
    and divided by a temperature fitted on out-of-fold logits.

    Given a table of 0 and 1 with a column for each label, it learns which of several labels a
    transcript has: some, all or none. Each label has a probability of its own, calibrated by
    itself, and a threshold with equal errors on both sides, both fitted on out-of-fold logits.

    An estimator of scikit-learn whose samples are sequences: where it asks for `records` it takes
    all that :func:`~graphkit.sequences.as_records` takes. A model that was loaded is frozen.

    Parameters
    ----------
    method
        Name of a method, or a class like :class:`~graphkit.methods.LncLoc`.
    params
        Parameters of the method that differ from its defaults, such as ``{"k": 3}``.
    members
        Networks, at least two: one per fold.
    random_state
        Seed of folds, weights and batches.
    settings
        How each member is trained; the method's own where not given.
    progress
        Show a bar on stderr for each member while it is trained.

    Attributes
    ----------
    ensemble_ : Ensemble
        All that was fitted or loaded: members, temperature, course of each training.
    classes_ : ndarray of str [C]
        Class names, sorted; or labels, in the order of their columns.

    Examples
    --------
    >>> from graphkit.datasets import simulate_transcripts
    >>> from graphkit.training import TrainSettings
    >>> simulated = simulate_transcripts(seed=0)[:40]
    >>> records, labels = [s.record for s in simulated], [s.label for s in simulated]
    >>> small = {"k": 3, "features": "one-hot", "hidden": 8}
    >>> model = SequenceClassifier(
    ...     "sgcl-lncloc", params=small, members=2, settings=TrainSettings(epochs=1)
    ... ).fit(records, labels)
    >>> model.predict(records[:2]).shape, list(model.localize(records[:2]).columns)[:5]
    ((2,), ['id', 'gene', 'symbol', 'length', 'status'])
    """

    def fit(
        self,
        records: Sequences,
        labels: Iterable[Any] | NDArray[Any] | pd.DataFrame,
        *,
        run_dir: Path | None = None,
        resume: bool = False,
    ) -> Self:
        """Train one member per fold.

        Parameters
        ----------
        records
            Training sequences, n of them.
        labels : sequence [n], or [n, L] of 0 and 1
            Class of each; whole numbers and booleans become text. Or which of several labels each
            has, named by a DataFrame's columns.
        run_dir
            Where the state of an unfinished training is kept, one folder per fold.
        resume
            Go on from `run_dir`.

        Raises
        ------
        InputError
            If the model was loaded, a record or label cannot be used, labels and records differ in
            number, there is one class only, or a class or label has fewer dissimilar records than
            there are folds; if the method takes one class of each record and was given several
            labels, or the other way round.
        """
        from graphkit.tasks.localize.fitting import fit_classes, fit_labels

        course, given = self._course(run_dir, resume=resume), list(as_records(records))
        if _is_table(labels):
            method = _of_several(course.method)
            course = replace(course, method=method, settings=self.settings or method.recipe)
            self._take(fit_labels(course, given, _indicators(labels), labels=_names(labels)))
        elif course.method.predicts == "labels":
            raise InputError(
                f"{course.method.name} learns several labels",
                slot="labels",
                remedy="Give a table of 0 and 1, a column for each label.",
            )
        else:
            self._take(fit_classes(course, given, as_labels(labels)))
        return self

    def predict(self, records: Sequences) -> NDArray[np.str_] | NDArray[np.int64]:
        """Return the most probable class of each record, ``str [n]``.

        Of several labels 1 where a record has it, else 0: ``int [n, L]``, columns as in
        ``classes_``.

        Raises
        ------
        UnfittedError
            If nothing was fitted.
        InputError
            If a record cannot be used; :meth:`localize` says so in its row.
        """
        probabilities = self.predict_proba(records)
        sets = self.ensemble_.sets
        if sets is not None:
            return (probabilities >= sets.thresholds).astype(np.int64)
        return self.classes_[probabilities.argmax(axis=1)]

    def score(
        self, records: Sequences, labels: Iterable[object], sample_weight: Any = None
    ) -> float:
        """Return the accuracy; `labels` are read as :meth:`fit` reads them.

        Of several labels it is the share of records all of whose labels are right.
        """
        truth = _indicators(labels) if _is_table(labels) else as_labels(labels)
        return float(super().score(records, truth, sample_weight))

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags


def _of_several(method: type[SequenceMethod]) -> type[SequenceMethod]:
    """Return the method that learns several labels in place of one that learns classes."""
    several = method if method.predicts == "labels" else method.several
    if several is None:
        raise InputError(
            f"{method.name} learns one class of each record, and was given several labels",
            slot="labels",
            remedy="Use the method lncloc, or give one label for each record.",
        )
    return several


def _is_table(labels: Any) -> bool:
    return np.ndim(labels) == 2


def _indicators(labels: Any) -> NDArray[np.bool_]:
    """Return a table of 0 and 1 as one of booleans.

    Raises
    ------
    InputError
        If it holds anything else, or has fewer than two columns.
    """
    table = np.asarray(labels)
    if table.shape[1] < 2 or not np.isin(table, (0, 1)).all():
        raise InputError(
            f"a table {table.shape} that is not of 0 and 1 in two columns or more",
            slot="labels",
            remedy="Give a column of 0 and 1 for each label; one class of each record as a list.",
        )
    return table.astype(bool)


def _names(labels: Any) -> tuple[str, ...]:
    """Return the names of a table's columns, their numbers where it has none."""
    columns = getattr(labels, "columns", range(np.shape(labels)[1]))
    return tuple(as_labels(columns))
