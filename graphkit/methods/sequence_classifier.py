"""The estimator: records and labels in, an ensemble of fold members out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from graphkit.errors import InputError
from graphkit.methods.ensemble import Average, combine, encode_all, make_inputs, member_outputs
from graphkit.methods.model_folder import read_folder, write_folder
from graphkit.methods.prediction import OnError, Verdict, predict_records
from graphkit.methods.sgcl_lncloc import SGCLLncLoc
from graphkit.training import TrainSettings
from graphkit.types import Prediction, Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import numpy as np
    import pandas as pd
    import torch
    from numpy.typing import NDArray

    from graphkit.training import BatchDataset, History

    Codes = NDArray[np.uint8]

METHODS: dict[str, type[SGCLLncLoc]] = {SGCLLncLoc.name: SGCLLncLoc}
DEFAULT_SETTINGS = TrainSettings(epochs=12, batch_size=16, lr=1e-3, weight_decay=1e-4)


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
        Letters per k-mer.
    folds
        Members, at least two.
    seed
        Seed of folds, weights and batches.
    settings
        How each member is trained.

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
    about_ : dict of str
        What the model card says in short.

    Examples
    --------
    >>> from graphkit.datasets import simulate_transcripts
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
        method: str | type[SGCLLncLoc] = SGCLLncLoc.name,
        *,
        params: dict[str, Any] | None = None,
        k: int = 5,
        folds: int = 5,
        seed: int = 0,
        settings: TrainSettings | None = None,
    ) -> None:
        if folds < 2:
            raise InputError(f"folds = {folds}", slot="folds", remedy="Use at least 2.")
        self.method = find_method(method)
        self.params = self.method.Params(**{**(params or {}), "k": k})
        self.k = k
        self.folds = folds
        self.seed = seed
        self.settings = settings or DEFAULT_SETTINGS
        self.classes_: tuple[str, ...] = ()
        self.members_: list[SGCLLncLoc] = []
        self.history_: list[History] = []
        self.temperature_ = 1.0
        self.average_: Average = "logits"
        self.about_: dict[str, str] = {}

    def fit(
        self,
        records: Sequence[Record],
        labels: Sequence[str],
        *,
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
        return self

    def predict_each(
        self, records: Iterable[Record], *, uncertain: float = 0.6, on_error: OnError = "skip"
    ) -> Iterator[Prediction]:
        """Yield one prediction per record, lazily and in order; see :meth:`predict`."""
        self._need_members()
        return predict_records(
            records,
            self._judge,
            classes=self.classes_,
            k=self.k,
            uncertain=uncertain,
            on_error=on_error,
        )

    def predict(
        self, records: Iterable[Record], *, uncertain: float = 0.6, on_error: OnError = "skip"
    ) -> pd.DataFrame:
        """Return a table with one row per record.

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

    def transform(self, records: Iterable[Record]) -> NDArray[np.float32]:
        """Return embeddings ``[n, M D]``: those of the M members side by side.

        Raises
        ------
        InputError
            If nothing was fitted or a record cannot be used.
        """
        self._need_members()
        data = self._inputs(encode_all(list(records), k=self.k))
        return member_outputs(self.members_, data, self.method.embed).flatten(1).numpy()

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
        )

    @classmethod
    def load(cls, folder: str | Path, *, method: type[SGCLLncLoc] | None = None) -> Self:
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
        return model

    def _judge(self, codes: list[Codes]) -> Verdict:
        logits = member_outputs(self.members_, self._inputs(codes), self.method.logits)
        return combine(logits, self.average_, self.temperature_)

    def _inputs(self, codes: list[Codes]) -> BatchDataset:
        return make_inputs(codes, k=self.k, fixed=self.method.fixed_topology(self.params))

    def _need_members(self) -> None:
        if not self.members_:
            raise InputError("the model is not fitted", remedy="Call fit() or load a model.")


def find_method(method: str | type[SGCLLncLoc]) -> type[SGCLLncLoc]:
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
