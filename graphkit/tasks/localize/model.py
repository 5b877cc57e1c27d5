"""Define what all trained models of sequences do, whatever they predict."""

from __future__ import annotations

from dataclasses import asdict, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
from sklearn.base import TransformerMixin

from graphkit.errors import InputError
from graphkit.sequences import as_records
from graphkit.tasks.estimator import Estimator
from graphkit.tasks.localize.ensemble import encode_all, find_method
from graphkit.tasks.localize.folder import KINDS, read_folder, write_folder
from graphkit.tasks.localize.predictions import as_table

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray
    from sklearn.utils import Tags

    from graphkit.methods.base import SequenceMethod
    from graphkit.sequences.records import Sequences
    from graphkit.tasks.localize.ensemble import Ensemble
    from graphkit.tasks.localize.fitting import Course
    from graphkit.tasks.localize.predictions import OnError
    from graphkit.training import TrainSettings


class SequenceModel(TransformerMixin, Estimator):
    """Base class of estimators whose samples are sequences.

    Where one asks for `records` it takes all that :func:`~graphkit.sequences.as_records` takes. A
    model that was loaded is frozen.
    """

    _predicts: ClassVar[tuple[str, ...]] = ("classes", "labels")

    def __init__(
        self,
        method: str | type[SequenceMethod] = "lncloc",
        *,
        params: dict[str, Any] | None = None,
        members: int = 5,
        random_state: int = 0,
        settings: TrainSettings | None = None,
        progress: bool = False,
    ) -> None:
        self.method = method
        self.params = params
        self.members = members
        self.random_state = random_state
        self.settings = settings
        self.progress = progress

    @classmethod
    def of(cls, ensemble: Ensemble) -> Self:
        """Return a frozen estimator that predicts with an ensemble which is there already.

        Raises
        ------
        InputError
            If it predicts something else.
        """
        cls._require(ensemble.method)
        model = cls()
        # As somebody would write it: without what is a default anyway.
        usual = {field.name: field.default for field in fields(ensemble.params)}
        params = {k: v for k, v in asdict(ensemble.params).items() if v != usual[k]}
        model.set_params(params=params or None, members=max(2, len(ensemble.members)))
        if find_method(model.method) is not ensemble.method:
            model.method = ensemble.method
        model._take(ensemble)
        model._loaded = True
        return model

    def _take(self, ensemble: Ensemble) -> None:
        self.ensemble_ = ensemble
        self.classes_ = np.array(ensemble.classes)

    def recipe(self) -> tuple[type[SequenceMethod], Any, TrainSettings]:
        """Return the class, the parameters and the settings that ``fit`` trains with.

        Raises
        ------
        InputError
            If there is no such method or a parameter makes no sense.
        """
        method = find_method(self.method)
        return method, method.Params(**(self.params or {})), self.settings or method.recipe

    @classmethod
    def _require(cls, method: type[SequenceMethod]) -> None:
        if method.predicts not in cls._predicts:
            raise InputError(
                f"{method.name} predicts {method.predicts}",
                slot="method",
                remedy=f"Use a {KINDS[method.predicts]}.",
            )

    def _course(self, run_dir: str | Path | None, *, resume: bool) -> Course:
        # What only training needs is imported here: a prediction must not wait for it.
        from graphkit.tasks.localize.fitting import Course

        self.require_unfrozen()
        method, params, settings = self.recipe()
        self._require(method)
        return Course(
            method=method,
            params=params,
            members=self.members,
            seed=self.random_state,
            settings=settings,
            run_dir=None if run_dir is None else Path(run_dir),
            resume=resume,
            progress=self.progress,
        )

    def localize(
        self,
        records: Sequences,
        *,
        uncertain: float | None = None,
        on_error: OnError = "skip",
        threshold: float | None = None,
        cell_line: str | None = None,
    ) -> pd.DataFrame:
        """Return a table with one row per record, as ``graphkit localize`` writes it.

        ``applicability`` is the share of training transcripts that lie farther out than the record;
        below 0.01 the label is ``"uncertain"``, the status ``"outside_domain"``, and ``warnings``
        say why. ``known_label`` is no prediction: it is the measured label of the training
        transcript that the record is identical or nearly identical to (they share 80 % or more of
        the 21-mers of both); ``related_label`` is that of one it is a piece, an isoform or a fusion
        of. The prediction beside it has seen that transcript, so the two are no evidence for one
        another.

        A model of several labels gives all of them that a record has, parted by ``;``, or
        ``"none"``: those at or above their thresholds. It is ``"uncertain"`` where the label that
        is farthest above its threshold, or least below it, is too near: its odds are less than 1.5
        times as great or as small. ``members_agree`` counts members that find the same set.

        A model that predicts a value gives it, the ends of its interval (80 %), and what was
        measured of a known transcript, in columns of their own: of ``log2_CN`` + is cytoplasm.

        Parameters
        ----------
        records
            Sequences.
        uncertain
            Below this probability of the best class the label is ``"uncertain"``; where not given,
            where it is less than 1.5 times as likely as the next. Of several labels the odds of a
            threshold stand for even ones.
        on_error
            ``"skip"`` gives a record that cannot be used a row that says why; ``"fail"`` raises.
        threshold
            Value that parts the classes; the model's own where not given.
        cell_line
            The value that would be measured in this line, not what all lines have in common.

        Raises
        ------
        UnfittedError
            If nothing was fitted.
        InputError
            If a record cannot be used and `on_error` is ``"fail"``; if the model predicts no value
            but `threshold` or `cell_line` is given.
        """
        fitted: Ensemble = self.fitted("ensemble_")
        ensemble = fitted.asked(threshold=threshold, cell_line=cell_line)
        rows = ensemble.predict_each(records, uncertain=uncertain, on_error=on_error)
        return as_table(rows, ensemble.row)

    def predict_proba(self, records: Sequences) -> NDArray[np.float64]:
        """Return calibrated probabilities, ``float [n, C]``, columns as in ``classes_``.

        Raises
        ------
        UnfittedError
            If nothing was fitted.
        InputError
            If a record cannot be used; :meth:`localize` says so in its row.
        """
        return self._predictions(records, "probabilities", len(self.fitted("classes_")))

    def _predictions(self, records: Sequences, name: str, size: int) -> NDArray[np.float64]:
        ensemble: Ensemble = self.fitted("ensemble_")
        predictions = ensemble.predict_each(records, uncertain=0.0, on_error="fail")
        rows = [getattr(prediction, name) for prediction in predictions]
        return np.array(rows, dtype=np.float64).reshape(-1, size)

    def transform(self, records: Sequences) -> NDArray[np.float32]:
        """Return embeddings ``[n, M D]``: those of the M members side by side.

        Raises as :meth:`predict_proba` does.
        """
        ensemble = self.fitted("ensemble_")
        codes = encode_all(list(as_records(records)), ensemble.params)
        embedded: NDArray[np.float32] = ensemble.embed(codes)
        return embedded

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
            If the folder is not a sound model of a known method, or one that predicts something
            else.
        """
        return cls.of(read_folder(Path(folder), method=method))

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.input_tags.one_d_array = tags.input_tags.string = tags.input_tags.dict = True
        tags.no_validation = True
        return tags
