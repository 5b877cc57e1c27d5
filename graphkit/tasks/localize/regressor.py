"""Records and measured values in, an ensemble that predicts values out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import numpy as np
from sklearn.base import RegressorMixin

from graphkit.sequences import as_labels, as_records, is_missing
from graphkit.tasks.localize.model import SequenceModel

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Sequence
    from pathlib import Path

    import pandas as pd
    from numpy.typing import ArrayLike, NDArray

    from graphkit.methods.base import SequenceMethod
    from graphkit.sequences.records import Sequences
    from graphkit.tasks.localize.ensemble import Ensemble
    from graphkit.training import TrainSettings


class SequenceRegressor(RegressorMixin, SequenceModel):
    """An ensemble of graph networks that predicts a measured value of transcripts.

    One member is trained per fold; folds never part similar sequences. What cell lines add to a
    value is fitted within each fold and taken off. On what members say of records that they did not
    see are fitted: the interval, which holds 80 % of the true values; the threshold, which parts
    the classes with equal errors on both sides; and the temperature of their probabilities.

    An estimator of scikit-learn whose samples are sequences: where it asks for `records` it takes
    all that :func:`~graphkit.sequences.as_records` takes. A model that was loaded is frozen.

    Parameters
    ----------
    method
        Name of a method that predicts values, or a class like
        :class:`~graphkit.methods.LncLocValue`.
    name
        What the value is called: a column name, with its unit.
    params, members, random_state, settings, progress
        As of :class:`~graphkit.SequenceClassifier`.

    Attributes
    ----------
    ensemble_ : Ensemble
        All that was fitted or loaded.
    classes_ : ndarray of str [2]
        The class that lies higher, then the lower one.

    Examples
    --------
    >>> import graphkit
    >>> model = graphkit.load("lncloc")
    >>> record = graphkit.Record("t1", "ACGGUGCUAGCAUUGACUAG" * 20)
    >>> model.predict([record]).shape, list(model.localize([record]).columns)[5:9]
    ((1,), ['label', 'log2_CN', 'CN_low', 'CN_high'])
    """

    _predicts = ("value",)

    def __init__(
        self,
        method: str | type[SequenceMethod] = "lncloc-value",
        *,
        name: str = "value",
        params: dict[str, Any] | None = None,
        members: int = 5,
        random_state: int = 0,
        settings: TrainSettings | None = None,
        progress: bool = False,
    ) -> None:
        super().__init__(
            method,
            params=params,
            members=members,
            random_state=random_state,
            settings=settings,
            progress=progress,
        )
        self.name = name

    @classmethod
    def of(cls, ensemble: Ensemble) -> Self:
        """Return a frozen estimator that predicts with an ensemble which is there already."""
        model = super().of(ensemble)
        if ensemble.quantity is not None:
            model.name = ensemble.quantity.name
        return model

    def fit(
        self,
        records: Sequences,
        values: ArrayLike | pd.DataFrame,
        *,
        labels: Iterable[object] | None = None,
        groups: Sequence[Hashable] | None = None,
        interval_weight: ArrayLike | None = None,
        run_dir: Path | None = None,
        resume: bool = False,
    ) -> Self:
        """Train one member per fold.

        Parameters
        ----------
        records
            Training sequences, n of them.
        values : float [n] or [n, L]
            What was measured, in several cell lines one column for each, named by a DataFrame's
            columns; NaN where nothing was.
        labels : sequence [n], optional
            One of two classes for each record, missing where it is not known. A record without a
            value is learned from by its class. Without any labels what lies below the median is
            ``"low"``, the rest ``"high"``.
        groups : sequence [n], optional
            Records of one group, such as one gene, are never parted by a fold.
        interval_weight : float [n], optional
            How much each record counts where intervals are fitted; more, if those like it are rarer
            here than where the model will be asked. Clear cases alone make intervals too wide.
        run_dir
            Where the state of an unfinished training is kept, one folder per fold.
        resume
            Go on from `run_dir`.

        Raises
        ------
        InputError
            If the model was loaded, a record cannot be used or nothing is known of it, numbers of
            records differ, there are not two classes, or too few records were measured.
        """
        from graphkit.tasks.localize.fitting import fit_values

        course = self._course(run_dir, resume=resume)
        table = np.asarray(values, dtype=np.float64)
        if table.ndim == 1:
            table = table[:, None]
        columns = getattr(values, "columns", range(1, 1 + table.shape[-1]))
        self._take(
            fit_values(
                course,
                list(as_records(records)),
                table,
                name=self.name,
                lines=tuple(str(column) for column in columns),
                labels=None if labels is None else _labels(labels),
                groups=groups,
                interval_weight=None
                if interval_weight is None
                else np.asarray(interval_weight, dtype=np.float64),
            )
        )
        return self

    def predict(self, records: Sequences) -> NDArray[np.float64]:
        """Return the value of each record, line-adjusted, ``float [n]``.

        Raises
        ------
        UnfittedError
            If nothing was fitted.
        InputError
            If a record cannot be used; :meth:`localize` says so in its row, and gives intervals.
        """
        return self._predictions(records, "value", 3)[:, 0]


def _labels(labels: Iterable[object]) -> list[str | None]:
    """Return labels as text; None where one is missing."""
    given = list(labels)
    known = iter(as_labels(label for label in given if not is_missing(label)))
    return [None if is_missing(label) else next(known) for label in given]
