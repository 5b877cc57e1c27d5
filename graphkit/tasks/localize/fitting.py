"""Records and what is known of them in, one trained member per fold out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from graphkit.errors import InputError
from graphkit.evaluation import (
    PredictionInterval,
    fit_temperature,
    grouped_folds,
    label_folds,
)
from graphkit.sequences import (
    DomainOfUse,
    LineEffects,
    balanced_cut,
    join_labels,
    joined_groups,
    similar_groups,
)
from graphkit.tasks.localize.ensemble import Ensemble, encode_all, member_outputs, member_seed
from graphkit.tasks.localize.known_transcripts import KnownTranscripts
from graphkit.tasks.localize.label_sets import LabelSets
from graphkit.tasks.localize.quantity import Quantity
from graphkit.training import fit
from graphkit.training.batches import Subset

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray
    from torch import Tensor

    from graphkit.methods import LncLocValue
    from graphkit.methods.base import SequenceMethod
    from graphkit.training import TrainSettings
    from graphkit.types import Record

    Floats = NDArray[np.float64]
    Rows = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Course:
    """Settings of a training: one value per argument of an estimator and of its ``fit``."""

    method: type[SequenceMethod]
    params: Any
    members: int
    seed: int
    settings: TrainSettings
    run_dir: Path | None = None
    resume: bool = False
    progress: bool = False

    def __post_init__(self) -> None:
        if self.members < 2:
            raise InputError(f"members = {self.members}", slot="members", remedy="Use at least 2.")


def fit_classes(course: Course, records: Sequence[Record], labels: Sequence[str]) -> Ensemble:
    """Train one member per fold on classes; similar sequences are never parted by a fold.

    The ensemble has no domain of use where fewer than 100 records have 200 known letters.

    Raises
    ------
    InputError
        If a record cannot be used, labels and records differ in number, there is one class only, or
        a class has fewer dissimilar records than there are folds.
    """
    _require_as_many(len(labels), records, "labels")
    classes = tuple(sorted(set(labels)))
    if len(classes) < 2:
        raise InputError(
            f"{len(classes)} class",
            slot="labels",
            remedy="A classifier needs records of two classes or more.",
        )
    codes = encode_all(records, course.params)
    y = np.array([classes.index(label) for label in labels])
    fold = grouped_folds(y, similar_groups(codes), folds=course.members, seed=course.seed)
    everything = course.method.inputs(codes, course.params, y=y.tolist())
    trained = _train(
        course,
        classes,
        codes,
        fold,
        teach=lambda rows: y[rows].tolist(),
        face=course.method.logits,
        validation=lambda rows: Subset(everything, rows),
    )
    return replace(
        trained,
        temperature=fit_temperature(cast("Floats", trained.held_out), y),
        known=KnownTranscripts.of(codes, labels, classes=classes),
    )


def fit_labels(
    course: Course, records: Sequence[Record], has: NDArray[np.bool_], *, labels: tuple[str, ...]
) -> Ensemble:
    """Train one member per fold on labels, of which a record may have several or none.

    Calibration and thresholds are fitted, label by label, on what members say of records that they
    did not see.

    Parameters
    ----------
    course
        How to train; its method predicts labels.
    records
        Training sequences, n of them.
    has : bool [n, L]
        Whether a record has a label.
    labels : tuple of str [L]
        Their names.

    Raises
    ------
    InputError
        If a record cannot be used, numbers do not fit one another, or a label has fewer dissimilar
        records that have it, or have it not, than there are folds.
    """
    _require_as_many(len(has), records, "labels")
    codes = encode_all(records, course.params)
    fold = label_folds(
        has, similar_groups(codes), labels=labels, folds=course.members, seed=course.seed
    )
    y = has.astype(np.float32)
    trained = _train(
        course, labels, codes, fold, teach=lambda rows: y[rows], face=course.method.logits
    )
    sets = LabelSets.fit(cast("Floats", trained.held_out), has, labels=labels)
    known = [join_labels(row, labels) for row in has]
    return replace(trained, sets=sets, known=KnownTranscripts.of(codes, known, classes=sets.known))


def fit_values(
    course: Course,
    records: Sequence[Record],
    values: Floats,
    *,
    name: str,
    lines: tuple[str, ...],
    labels: Sequence[str | None] | None = None,
    groups: Sequence[Hashable] | None = None,
    interval_weight: Floats | None = None,
) -> Ensemble:
    """Train one member per fold on measured values, and on classes where those alone are known.

    Line effects are fitted within each fold. Threshold, temperature and intervals are fitted on
    what members say of records that they did not see.

    Parameters
    ----------
    course
        How to train; its method predicts a value.
    records
        Training sequences, n of them.
    values : float64 [n, L]
        Measurements in each line; NaN where there is none.
    name
        Of the quantity.
    lines : tuple of str [L]
        Names of the columns of `values`.
    labels : sequence [n], optional
        Class of each record, None where it is not known; two classes. Without any, what lies below
        the median is ``"low"``.
    groups : sequence [n], optional
        Records of one group, such as one gene, are never parted by a fold either.
    interval_weight : float64 [n], optional
        How much each record counts where intervals are fitted.

    Raises
    ------
    InputError
        If a record cannot be used or nothing is known of it, the numbers do not fit one another,
        there are not two classes, or too few records were measured.
    """
    _require_as_many(len(values), records, "values")
    weight = np.ones(len(values)) if interval_weight is None else interval_weight
    _require_as_many(len(weight), records, "weights")
    codes = encode_all(records, course.params)
    effects = LineEffects.fit(values, lines=lines)
    adjusted = effects.apply(values)
    measured = adjusted.lines > 0
    classes, cut, low, classed = _classes(adjusted.value, labels)
    for row in np.flatnonzero(~measured & ~classed)[:1]:
        raise InputError(
            "has neither value nor label", record=records[row].id, remedy="Remove the record."
        )
    similar = similar_groups(codes)
    fold = grouped_folds(
        2 * measured + low,
        similar if groups is None else joined_groups(similar, groups),
        folds=course.members,
        seed=course.seed,
    )
    if len(lines) > 1:
        course = replace(course, params=replace(course.params, lines=lines))

    def teach(rows: Rows) -> NDArray[np.float32]:
        own = LineEffects.fit(values[rows], lines=lines)
        return own.targets(values[rows], low=low[rows], cut=cut).astype(np.float32)

    trained = _train(
        course,
        classes,
        codes,
        fold,
        teach=teach,
        face=cast("type[LncLocValue]", course.method).answer,
    )
    answers = cast("Floats", trained.held_out)
    location, scale = answers[:, 0], answers[:, 1]
    asked = classed if classed.any() else measured
    threshold = balanced_cut(location[asked], low[asked])
    odds = (threshold - location[asked]) / scale[asked]
    return replace(
        trained,
        temperature=fit_temperature(np.column_stack([0 * odds, odds]), low[asked].astype(int)),
        quantity=Quantity(
            name=name,
            threshold=threshold,
            effects=effects,
            interval=PredictionInterval.fit(
                adjusted.value[measured],
                location=location[measured],
                scale=scale[measured],
                variance=adjusted.variance[measured],
                weight=weight[measured],
            ),
            line_interval=_line_interval(answers, values - np.array(effects.offsets), weight),
        ),
        known=KnownTranscripts.of(
            codes,
            [classes[int(one)] for one in low],
            classes=classes,
            measured=np.nan_to_num(
                np.column_stack([adjusted.value, adjusted.sd, adjusted.lines])
            ).astype(np.float32),
        ),
    )


def _classes(
    value: Floats, labels: Sequence[str | None] | None
) -> tuple[tuple[str, str], float, NDArray[np.bool_], NDArray[np.bool_]]:
    """Return the higher and the lower class, the cut, who lies below, and whose class is given."""
    measured = np.isfinite(value)
    if labels is None:
        cut = float(np.median(value[measured]))
        return ("high", "low"), cut, value < cut, np.zeros(len(value), dtype=bool)
    _require_as_many(len(labels), value, "labels")
    given = np.array([label is not None for label in labels])
    names = sorted({label for label in labels if label is not None})
    both = given & measured
    middles = [
        float(np.median(value[both & [label == name for label in labels]]))
        for name in names
        if (both & [label == name for label in labels]).any()
    ]
    if len(names) != 2 or len(middles) != 2:
        raise InputError(
            f"{len(middles)} classes with measured records",
            slot="labels",
            remedy="Give the labels of two classes, or none.",
        )
    lower, higher = (names[i] for i in np.argsort(middles))
    is_lower = np.array([label == lower for label in labels])
    cut = balanced_cut(value[both], is_lower[both])
    return (higher, lower), cut, np.where(given, is_lower, value < cut), given


def _line_interval(answers: Floats, away: Floats, weight: Floats) -> PredictionInterval:
    """Return the interval of single measurements, `away` [n, L] being those less their offsets."""
    row, line = np.nonzero(np.isfinite(away))
    location = answers[row, 0] + (answers[row, 2 + line] if answers.shape[1] > 2 else 0.0)
    return PredictionInterval.fit(
        away[row, line], location=location, scale=answers[row, 1], weight=weight[row]
    )


def _train(
    course: Course,
    classes: tuple[str, ...],
    codes: Sequence[NDArray[np.uint8]],
    fold: Rows,
    *,
    teach: Callable[[Rows], Any],
    face: Callable[[Any, Any], Tensor],
    validation: Callable[[Rows], Any] | None = None,
) -> Ensemble:
    """Train a member on all but each fold, `teach` saying what is known of rows.

    The ensemble's ``held_out`` is `face` of each record by the member that did not see it.
    """
    method, params, folds = course.method, course.params, course.members
    members, courses = [], []
    held_out: dict[int, Floats] = {}
    for i in range(folds):
        rows, out = np.flatnonzero(fold != i), np.flatnonzero(fold == i)
        own = member_seed(course.seed, i)
        train, y = [codes[j] for j in rows.tolist()], teach(rows)
        member = method.fresh(classes, params, train, y=y, seed=own)
        history = fit(
            member,
            method.training_inputs(train, params, y=y, seed=own),
            None if validation is None else validation(out),
            settings=course.settings,
            seed=own,
            run_dir=None if course.run_dir is None else course.run_dir / f"fold{i}",
            resume=course.resume,
            progress=course.progress,
            name=f"fold {i + 1}/{folds}",
        )
        members.append(member.cpu().eval())
        courses.append(history)
        unseen = method.inputs([codes[j] for j in out.tolist()], params)
        found = member_outputs([member], unseen, face)[:, 0].double().numpy()
        held_out |= dict(zip(out.tolist(), found, strict=True))
    return Ensemble(
        method=method,
        params=params,
        classes=classes,
        members=members,
        domain=describe(codes),
        history=courses,
        held_out=np.array([held_out[row] for row in range(len(codes))]),
    )


def describe(codes: Sequence[NDArray[np.uint8]]) -> DomainOfUse | None:
    """Return the domain of use of training sequences, None where they are too few to have one."""
    try:
        return DomainOfUse.fit(codes)
    except InputError:
        return None


def _require_as_many(n: int, records: Any, slot: str) -> None:
    if n != len(records):
        raise InputError(f"{len(records)} records but {n} {slot}", slot=slot)
