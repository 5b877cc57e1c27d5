"""Cross-validate a classifier on labelled records, beside baselines."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import clone

from graphkit.evaluation import baselines, crossvalidate, expected_calibration_error
from graphkit.evaluation.classifiers.calibration import recalibrated
from graphkit.evaluation.classifiers.splits import label_folds, require_enough
from graphkit.reports.scorecard.scorecard import HALF, Scorecard, make_tables, outside_note
from graphkit.sequences import LEAST_APPLICABILITY, similar_groups
from graphkit.tasks.localize.fitting import describe

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from graphkit.evaluation import Classifier
    from graphkit.sequences import LabelledRecords
    from graphkit.tasks import SequenceClassifier


def crossval(
    model: SequenceClassifier,
    data: LabelledRecords,
    *,
    folds: int = 5,
    source: str = "records",
    tell: Callable[[str], None] = lambda _: None,
) -> Scorecard:
    """Cross-validate a model and its baselines on the same folds; similar records share a fold.

    The whole recipe, its stopping and its temperature included, is repeated for each fold without
    the records that are scored.

    Parameters
    ----------
    model
        What to train, its `random_state` that of the folds as well; it is cloned, never fitted.
    data
        The records, see :func:`~graphkit.sequences.read_labelled`.
    folds
        That are held out.
    source
        What the records are called.
    tell
        Is told which fold is trained.

    Raises
    ------
    InputError
        If a class has too few dissimilar records for the folds and the model's own.

    Examples
    --------
    >>> import graphkit
    >>> fasta = graphkit.datasets.shipped("simulated_transcripts.fasta")
    >>> data = graphkit.read_labelled(graphkit.read_fasta(fasta), file=fasta)
    >>> brief = graphkit.training.TrainSettings(epochs=1)
    >>> model = graphkit.SequenceClassifier("sgcl-lncloc", members=2, settings=brief)
    >>> crossval(model, data, folds=2).n == len(data)
    True
    """
    method, params, settings = model.recipe()
    seed, groups = model.random_state, similar_groups(data.codes)
    parts: dict[str, Any] = {"folds": folds, "inner": model.members, "seed": seed}
    if data.several:
        label_folds(data.labels, groups, labels=data.classes, **parts)
    else:
        require_enough(data.labels, groups, classes=data.classes, **parts)
    classifiers: dict[str, Callable[[], Classifier]] = {
        method.name: lambda: clone(model),
        **baselines(several=data.several),
    }
    held_out = {
        name: crossvalidate(
            _telling(f"{name}, fold {{}} of {folds}", make, tell), data, folds=folds, seed=seed
        )
        for name, make in classifiers.items()
    }
    ours = held_out[method.name]
    tables = make_tables(
        "held_out",
        f"Every record once, held out in one of {folds} folds",
        classes=data.classes,
        labels=data.labels,
        probabilities={name: found.probabilities for name, found in held_out.items()},
        lengths=data.lengths,
        where="held-out records",
        recalibrated=None
        if data.several
        else expected_calibration_error(data.labels, recalibrated(ours)),
    )
    return Scorecard(
        "crossval",
        source,
        method.name,
        data.counts,
        tuple(tables),
        {
            "method": method.name,
            "k": params.k,
            "folds": folds,
            "members": model.members,
            "epochs": settings.epochs,
            "seed": seed,
        },
        notes=(
            *outside_note(_outside(data, ours.folds)),
            *((HALF,) if data.several else ()),
            *data.notes,
        ),
    )


def _outside(data: LabelledRecords, folds: NDArray[np.int64]) -> Iterator[bool]:
    """Yield for each record whether it is outside the domain of those it was held out from."""
    for number in np.unique(folds):
        domain = describe(data.take(folds != number).codes)
        for codes in data.take(folds == number).codes:
            yield domain is not None and domain.judge(codes).value < LEAST_APPLICABILITY


def _telling(
    message: str, make: Callable[[], Classifier], tell: Callable[[str], None]
) -> Callable[[], Classifier]:
    """Return `make`, telling how often it was called."""
    numbers = count(1)

    def telling() -> Classifier:
        tell(message.format(next(numbers)))
        return make()

    return telling
