"""The estimator: records and labels in, an ensemble of fold members out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from graphkit.errors import InputError
from graphkit.methods.ensemble import encode_all
from graphkit.methods.known import KnownTranscripts
from graphkit.methods.lncloc import LncLoc
from graphkit.methods.model_folder import read_folder, write_folder
from graphkit.methods.predictor import Predictor
from graphkit.methods.sgcl_lncloc import SGCLLncLoc

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphkit.methods.base import SequenceMethod
    from graphkit.training import History, TrainSettings
    from graphkit.types import Record

METHODS: dict[str, type[SequenceMethod]] = {m.name: m for m in (LncLoc, SGCLLncLoc)}


class SequenceClassifier(Predictor):
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

    Attributes
    ----------
    classes_ : tuple of str [C]
        Class names, sorted.
    members_ : list of Module
        One trained network per fold.
    history_ : list of History
        Course of each training.
    temperature_ : float
        Divides the mean logits.
    average_ : str
        What is averaged over members: ``"logits"``, or ``"probabilities"`` for published weights.
    known_ : KnownTranscripts or None
        Sketches of the training records, for the columns ``known_label`` and ``similarity``.
    about_ : dict of str
        What the model card says in short.

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
    ) -> None:
        if folds < 2:
            raise InputError(f"folds = {folds}", slot="folds", remedy="Use at least 2.")
        found = find_method(method)
        chosen = {**(params or {}), **({} if k is None else {"k": k})}
        super().__init__(found, found.Params(**chosen))
        self.folds = folds
        self.seed = seed
        self.settings = settings or found.recipe
        self.history_: list[History] = []

    def fit(
        self,
        records: Sequence[Record],
        labels: Sequence[str],
        *,
        sources: Sequence[int] | None = None,
        run_dir: Path | None = None,
        resume: bool = False,
        progress: bool = False,
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
        progress
            Show a bar on stderr.

        Raises
        ------
        InputError
            If a record cannot be used, labels and records differ in number, there is one class
            only, or a class has fewer dissimilar records than there are folds.
        """
        # What only training needs is imported here: a prediction must not wait for it.
        from graphkit.methods.fitting import fit_members

        fitted = fit_members(
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
            progress=progress,
        )
        self.classes_ = fitted.classes
        self.members_ = fitted.members
        self.history_ = fitted.history
        self.temperature_ = fitted.temperature
        codes = encode_all(records, k=self.k)
        self.known_ = KnownTranscripts.of(codes, labels, classes=self.classes_)
        return self

    def save(self, folder: str | Path) -> None:
        """Write the model as a folder of ``config.json``, ``model.safetensors`` and a README.

        Raises
        ------
        InputError
            If nothing was fitted or the folder cannot be written.
        """
        self._need_members()
        write_folder(
            Path(folder),
            method=self.method,
            params=self.params,
            classes=self.classes_,
            members=self.members_,
            fields={
                "temperature": self.temperature_,
                "average": self.average_,
                "about": self.about_,
            },
            known=self.known_,
        )

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
        stored = read_folder(Path(folder), known)
        model = cls(stored.method, folds=max(2, len(stored.members)), k=stored.params.k)
        model.params = stored.params
        model.classes_ = stored.classes
        model.members_ = stored.members
        model.temperature_ = stored.temperature
        model.average_ = stored.average
        model.about_ = stored.about
        model.known_ = stored.known
        return model


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
