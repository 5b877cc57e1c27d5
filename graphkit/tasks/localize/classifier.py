"""The estimator: records and labels in, an ensemble of fold members out."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from sklearn.base import ClassifierMixin, TransformerMixin

from graphkit.sequences import as_labels, as_records
from graphkit.tasks.estimator import Estimator
from graphkit.tasks.localize.ensemble import encode_all, find_method
from graphkit.tasks.localize.folder import read_folder, write_folder
from graphkit.types import Prediction

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pandas as pd
    from numpy.typing import NDArray
    from sklearn.utils import Tags

    from graphkit.methods.base import SequenceMethod
    from graphkit.sequences.records import Sequences
    from graphkit.tasks.localize.ensemble import Ensemble
    from graphkit.tasks.localize.predictions import OnError
    from graphkit.training import TrainSettings


class SequenceClassifier(ClassifierMixin, TransformerMixin, Estimator):
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
    folds
        Members, at least two.
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
    ...     "sgcl-lncloc", params=small, folds=2, settings=TrainSettings(epochs=1)
    ... ).fit(records, labels)
    >>> model.predict(records[:2]).shape, list(model.localize(records[:2]).columns)[:5]
    ((2,), ['id', 'gene', 'symbol', 'length', 'status'])
    """

    def __init__(
        self,
        method: str | type[SequenceMethod] = "lncloc",
        *,
        params: dict[str, Any] | None = None,
        folds: int = 5,
        random_state: int = 0,
        settings: TrainSettings | None = None,
        progress: bool = False,
    ) -> None:
        self.method = method
        self.params = params
        self.folds = folds
        self.random_state = random_state
        self.settings = settings
        self.progress = progress

    @classmethod
    def of(cls, ensemble: Ensemble) -> Self:
        """Return a frozen classifier that predicts with an ensemble which is there already."""
        folds = max(2, len(ensemble.members))
        model = cls(ensemble.method, params=asdict(ensemble.params), folds=folds)
        model._take(ensemble)
        model._loaded = True
        return model

    def _take(self, ensemble: Ensemble) -> None:
        self.ensemble_ = ensemble
        self.classes_ = np.array(ensemble.classes)

    def recipe(self) -> tuple[type[SequenceMethod], Any, TrainSettings]:
        """Return the class, the parameters and the settings that :meth:`fit` trains with.

        Raises
        ------
        InputError
            If there is no such method or a parameter makes no sense.
        """
        method = find_method(self.method)
        return method, method.Params(**(self.params or {})), self.settings or method.recipe

    def fit(
        self,
        records: Sequences,
        labels: Iterable[object],
        *,
        sources: Sequence[int] | None = None,
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
        sources : sequence of int [n], optional
            Source of each record's label, counted from 0; needs ``params={"sources": ...}`` where
            there are several.
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
        # What only training needs is imported here: a prediction must not wait for it.
        from graphkit.tasks.localize.fitting import fit_members

        self.require_unfrozen()
        method, params, settings = self.recipe()
        ensemble = fit_members(
            method,
            params,
            list(as_records(records)),
            as_labels(labels),
            sources=sources,
            folds=self.folds,
            seed=self.random_state,
            settings=settings,
            run_dir=None if run_dir is None else Path(run_dir),
            resume=resume,
            progress=self.progress,
        )
        self._take(ensemble)
        return self

    def localize(
        self, records: Sequences, *, uncertain: float | None = None, on_error: OnError = "skip"
    ) -> pd.DataFrame:
        """Return a table with one row per record, as ``graphkit localize`` writes it.

        ``applicability`` is the share of training transcripts that lie farther out than the record;
        below 0.01 the label is ``"uncertain"``, the status ``"outside_domain"``, and ``warnings``
        say why. ``known_label`` is no prediction: it is the measured label of the training
        transcript that the record is identical or nearly identical to (they share 80 % or more of
        the 21-mers of both); ``related_label`` is that of one it is a piece, an isoform or a fusion
        of. The prediction beside it has seen that transcript, so the two are no evidence for one
        another.

        Parameters
        ----------
        records
            Sequences.
        uncertain
            Below this probability of the best class the label is ``"uncertain"``; where not given,
            where it is less than 1.5 times as likely as the next.
        on_error
            ``"skip"`` gives a record that cannot be used a row that says why; ``"fail"`` raises.

        Raises
        ------
        UnfittedError
            If nothing was fitted.
        InputError
            If a record cannot be used and `on_error` is ``"fail"``.
        """
        import pandas as pd

        ensemble = self.fitted("ensemble_")
        classes = ensemble.classes
        rows = ensemble.predict_each(records, uncertain=uncertain, on_error=on_error)
        empty = Prediction("", None, None, 0, "")
        return pd.DataFrame(
            [prediction.row(classes) for prediction in rows], columns=list(empty.row(classes))
        )

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

    def predict_proba(self, records: Sequences) -> NDArray[np.float64]:
        """Return calibrated probabilities, ``float [n, C]``; raises as :meth:`predict` does."""
        ensemble = self.fitted("ensemble_")
        predictions = ensemble.predict_each(records, uncertain=0.0, on_error="fail")
        rows = [prediction.probabilities for prediction in predictions]
        return np.array(rows, dtype=np.float64).reshape(-1, len(self.classes_))

    def score(
        self, records: Sequences, labels: Iterable[object], sample_weight: Any = None
    ) -> float:
        """Return the accuracy; `labels` are read as :meth:`fit` reads them."""
        return float(super().score(records, as_labels(labels), sample_weight))

    def transform(self, records: Sequences) -> NDArray[np.float32]:
        """Return embeddings ``[n, M D]``: those of the M members side by side.

        Raises as :meth:`predict` does.
        """
        ensemble = self.fitted("ensemble_")
        codes = encode_all(list(as_records(records)), k=ensemble.k)
        return ensemble.outputs(codes, ensemble.method.embed).flatten(1).float().numpy()

    def save(self, folder: str | Path) -> None:
        """Write the model as a folder of ``config.json``, ``model.safetensors`` and a README.

        Raises
        ------
        UnfittedError
            If nothing was fitted.
        InputError
            If the folder cannot be written.
        """
        write_folder(Path(folder), self.fitted("ensemble_"))

    @classmethod
    def load(cls, folder: str | Path, *, method: type[SequenceMethod] | None = None) -> Self:
        """Read a model folder; nothing in it is executed.

        Parameters
        ----------
        folder
            What :meth:`save` wrote.
        method
            The class of a method of your own; those of graphkit are found by name.

        Raises
        ------
        InputError
            If the folder is not a sound model of a known method.
        """
        return cls.of(read_folder(Path(folder), method=method))

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.input_tags.one_d_array = tags.input_tags.string = tags.input_tags.dict = True
        tags.no_validation = True
        return tags
