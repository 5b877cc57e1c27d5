"""The estimator: records and labels in, an ensemble of fold members out."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from graphkit.errors import InputError
from graphkit.methods.lncloc import LncLoc
from graphkit.methods.sgcl_lncloc import SGCLLncLoc
from graphkit.tasks.localize.ensemble import encode_all
from graphkit.tasks.localize.folder import read_folder, write_folder
from graphkit.tasks.localize.predictions import OnError, predict_records
from graphkit.types import Prediction, Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import pandas as pd
    import torch
    from numpy.typing import NDArray

    from graphkit.methods.base import SequenceMethod
    from graphkit.tasks.localize.ensemble import Ensemble
    from graphkit.tasks.localize.known_transcripts import KnownTranscripts
    from graphkit.training import History, TrainSettings

METHODS: dict[str, type[SequenceMethod]] = {m.name: m for m in (LncLoc, SGCLLncLoc)}


class SequenceClassifier:
    """An ensemble of graph networks that classifies transcripts.

    One member is trained per fold; folds never part similar sequences, and everything fitted (node
    vectors, scales, stopping) sees the training part of its fold only. Members' logits are averaged
    and divided by a temperature fitted on out-of-fold logits.

    Parameters
    ----------
    method
        Name of a method, or a class like :class:`~graphkit.methods.SGCLLncLoc`.
    params
        Parameters of the method that differ from its defaults.
    k
        Letters per k-mer; the method's own where not given.
    folds
        Members, at least two.
    seed
        Seed of folds, weights and batches.
    settings
        How each member is trained; the method's own where not given.
    progress
        Show a bar on stderr for each member while it is trained.

    Attributes
    ----------
    ensemble_ : Ensemble
        All that was fitted or loaded; the attributes below read it.
    classes_ : tuple of str [C]
        Class names, sorted.
    members_ : sequence of Module
        One trained network per fold.
    temperature_ : float
        Divides the mean logits.
    known_ : KnownTranscripts or None
        Sketches of the training records, for the columns ``known_label`` and ``similarity``.
    about_ : mapping of str to str
        What the model card says in short.
    history_ : sequence of History
        Course of each training.

    Examples
    --------
    >>> from graphkit.datasets import simulate_transcripts
    >>> from graphkit.training import TrainSettings
    >>> simulated = simulate_transcripts(seed=0)[:40]
    >>> records, labels = [s.record for s in simulated], [s.label for s in simulated]
    >>> small = {"features": "one-hot", "hidden": 8}
    >>> model = SequenceClassifier(
    ...     params=small, k=3, folds=2, settings=TrainSettings(epochs=1)
    ... ).fit(records, labels)
    >>> list(model.predict(records[:2]).columns)[:5]
    ['id', 'gene', 'symbol', 'length', 'status']
    """

    def __init__(
        self,
        method: str | type[SequenceMethod] = SGCLLncLoc.name,
        *,
        params: dict[str, Any] | None = None,
        k: int | None = None,
        folds: int = 5,
        seed: int = 0,
        settings: TrainSettings | None = None,
        progress: bool = False,
    ) -> None:
        if folds < 2:
            raise InputError(f"folds = {folds}", slot="folds", remedy="Use at least 2.")
        found = find_method(method)
        chosen = {**(params or {}), **({} if k is None else {"k": k})}
        self.method = found
        self.params = found.Params(**chosen)
        self.folds = folds
        self.seed = seed
        self.settings = settings or found.recipe
        self.progress = progress
        self._ensemble: Ensemble | None = None

    @classmethod
    def of(cls, ensemble: Ensemble) -> Self:
        """Return a classifier that predicts with an ensemble which is there already."""
        folds = max(2, len(ensemble.members))
        model = cls(ensemble.method, params=asdict(ensemble.params), folds=folds)
        model._ensemble = ensemble
        return model

    @property
    def k(self) -> int:
        """Letters per k-mer."""
        return int(self.params.k)

    @property
    def ensemble_(self) -> Ensemble:
        """Everything that was fitted or loaded; an `InputError` where nothing was."""
        if self._ensemble is None:
            raise InputError("the model is not fitted", remedy="Call fit() or load a model.")
        return self._ensemble

    @property
    def classes_(self) -> tuple[str, ...]:
        """Class names, sorted."""
        return self.ensemble_.classes

    @property
    def members_(self) -> Sequence[SequenceMethod]:
        """Trained networks, one per fold."""
        return self.ensemble_.members

    @property
    def temperature_(self) -> float:
        """Divisor of the mean logits."""
        return self.ensemble_.temperature

    @property
    def known_(self) -> KnownTranscripts | None:
        """Sketches of the training records, where they were kept."""
        return self.ensemble_.known

    @property
    def about_(self) -> Mapping[str, str]:
        """Short texts of the model card."""
        return self.ensemble_.about

    @property
    def history_(self) -> Sequence[History]:
        """Course of each training, where it was trained here."""
        return self.ensemble_.history

    def fit(
        self,
        records: Sequence[Record],
        labels: Sequence[str],
        *,
        sources: Sequence[int] | None = None,
        run_dir: Path | None = None,
        resume: bool = False,
    ) -> Self:
        """Train one member per fold.

        Parameters
        ----------
        records : sequence of Record [n]
            Training records.
        labels : sequence of str [n]
            Class of each.
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
            If a record cannot be used, labels and records differ in number, there is one class
            only, or a class has fewer dissimilar records than there are folds.
        """
        # What only training needs is imported here: a prediction must not wait for it.
        from graphkit.tasks.localize.fitting import fit_members

        self._ensemble = fit_members(
            self.method,
            self.params,
            records,
            labels,
            sources=sources,
            folds=self.folds,
            seed=self.seed,
            settings=self.settings,
            run_dir=None if run_dir is None else Path(run_dir),
            resume=resume,
            progress=self.progress,
        )
        return self

    def predict_each(
        self, records: Iterable[Record], *, uncertain: float = 0.6, on_error: OnError = "skip"
    ) -> Iterator[Prediction]:
        """Yield one prediction per record, lazily and in order; see :meth:`predict`."""
        ensemble = self.ensemble_
        return predict_records(
            records,
            ensemble.judge,
            classes=ensemble.classes,
            k=self.k,
            uncertain=uncertain,
            on_error=on_error,
            known=ensemble.known,
        )

    def predict(
        self, records: Iterable[Record], *, uncertain: float = 0.6, on_error: OnError = "skip"
    ) -> pd.DataFrame:
        """Return a table with one row per record.

        ``known_label`` is no prediction: it is the measured label of the training transcript that
        the record is identical or nearly identical to, and ``similarity`` says how nearly. The
        prediction beside it has seen that transcript, so the two are no evidence for one another.

        Parameters
        ----------
        records
            Records, for example from :func:`graphkit.read_fasta`.
        uncertain
            Below this probability of the best class the label is ``"uncertain"``.
        on_error
            ``"skip"`` gives a record that cannot be used a row that says why; ``"fail"`` raises.

        Raises
        ------
        InputError
            If nothing was fitted, or a record cannot be used and `on_error` is ``"fail"``.
        """
        import pandas as pd

        rows = self.predict_each(records, uncertain=uncertain, on_error=on_error)
        empty = Prediction("", None, None, 0, "")
        return pd.DataFrame(
            [prediction.row(self.classes_) for prediction in rows],
            columns=list(empty.row(self.classes_)),
        )

    def predict_proba(self, records: Iterable[Record]) -> NDArray[np.float64]:
        """Return calibrated probabilities, ``float [n, C]``.

        Raises
        ------
        InputError
            If nothing was fitted or a record cannot be used.
        """
        predictions = self.predict_each(records, uncertain=0.0, on_error="fail")
        return np.array([prediction.probabilities for prediction in predictions])

    def transform(self, records: Iterable[Record]) -> NDArray[np.float32]:
        """Return embeddings ``[n, M D]``: those of the M members side by side.

        Raises
        ------
        InputError
            If nothing was fitted or a record cannot be used.
        """
        ensemble = self.ensemble_
        codes = encode_all(list(records), k=self.k)
        return ensemble.outputs(codes, self.method.embed).flatten(1).float().numpy()

    def to(self, device: str | torch.device) -> Self:
        """Move the members to `device`."""
        for member in self.members_:
            member.to(device)
        return self

    def save(self, folder: str | Path) -> None:
        """Write the model as a folder of ``config.json``, ``model.safetensors`` and a README.

        Raises
        ------
        InputError
            If nothing was fitted or the folder cannot be written.
        """
        write_folder(Path(folder), self.ensemble_)

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
        known = METHODS if method is None else {method.name: method}
        return cls.of(read_folder(Path(folder), known))


def find_method(method: str | type[SequenceMethod]) -> type[SequenceMethod]:
    """Return the class of a method given by name or as itself.

    Raises
    ------
    InputError
        If there is no method of that name.
    """
    if not isinstance(method, str):
        return method
    if method not in METHODS:
        choices = ", ".join(METHODS)
        raise InputError(f"no method {method!r}", slot="method", remedy=f"Choose of: {choices}.")
    return METHODS[method]
