"""The estimator: records and labels in, an ensemble of fold members out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from sklearn.base import ClassifierMixin

from graphkit.sequences import as_labels, as_records
from graphkit.tasks.localize.model import SequenceModel

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from graphkit.sequences.records import Sequences


class SequenceClassifier(ClassifierMixin, SequenceModel):
    """An ensemble of graph networks that classifies transcripts.

    One member is trained per fold; folds never part similar sequences, and everything fitted (node
    vectors, scales, stopping) sees the training part of its fold only. Members' logits are averaged
    and divided by a temperature fitted on out-of-fold logits.

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
        Class names, sorted.

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
        labels: Iterable[object],
        *,
        run_dir: Path | None = None,
        resume: bool = False,
    ) -> Self:
        """Train one member per fold.

        Parameters
        ----------
        records
            Training sequences, n of them.
        labels : sequence [n]
            Class of each; whole numbers and booleans become text.
        run_dir
            Where the state of an unfinished training is kept, one folder per fold.
        resume
            Go on from `run_dir`.

        Raises
        ------
        InputError
            If the model was loaded, a record or label cannot be used, labels and records differ in
            number, there is one class only, or a class has fewer dissimilar records than there are
            folds.
        """
        from graphkit.tasks.localize.fitting import fit_classes

        course = self._course(run_dir, resume=resume)
        self._take(fit_classes(course, list(as_records(records)), as_labels(labels)))
        return self

    def predict(self, records: Sequences) -> NDArray[np.str_]:
        """Return the most probable class of each record, ``str [n]``.

        Raises
        ------
        UnfittedError
            If nothing was fitted.
        InputError
            If a record cannot be used; :meth:`localize` says so in its row.
        """
        best = self.predict_proba(records).argmax(axis=1)
        return self.classes_[best]

    def score(
        self, records: Sequences, labels: Iterable[object], sample_weight: Any = None
    ) -> float:
        """Return the accuracy; `labels` are read as :meth:`fit` reads them."""
        return float(super().score(records, as_labels(labels), sample_weight))
