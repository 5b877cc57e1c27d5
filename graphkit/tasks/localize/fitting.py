"""Records and labels in, one trained member per fold out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from graphkit.errors import InputError
from graphkit.evaluation import fit_temperature, grouped_folds
from graphkit.sequences import DomainOfUse, similar_groups
from graphkit.tasks.localize.ensemble import Ensemble, encode_all, member_outputs, member_seed
from graphkit.tasks.localize.known_transcripts import KnownTranscripts
from graphkit.training import fit
from graphkit.training.batches import Subset

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from graphkit.methods.base import SequenceMethod
    from graphkit.training import TrainSettings
    from graphkit.types import Record


def fit_members(
    method: type[SequenceMethod],
    params: Any,
    records: Sequence[Record],
    labels: Sequence[str],
    *,
    sources: Sequence[int] | None = None,
    folds: int,
    seed: int,
    settings: TrainSettings,
    run_dir: Path | None = None,
    resume: bool = False,
    progress: bool = False,
) -> Ensemble:
    """Train one member per fold; similar sequences are never parted by a fold.

    The arguments are those of :class:`~graphkit.tasks.SequenceClassifier` and of its ``fit``. The
    ensemble has no domain of use where fewer than 100 records have 200 known letters.

    Raises
    ------
    InputError
        If a record cannot be used, labels and records differ in number, there is one class only, or
        a class has fewer dissimilar records than there are folds.
    """
    if folds < 2:
        raise InputError(f"folds = {folds}", slot="folds", remedy="Use at least 2.")
    if len(records) != len(labels):
        raise InputError(f"{len(records)} records but {len(labels)} labels", slot="labels")
    classes = tuple(sorted(set(labels)))
    if len(classes) < 2:
        raise InputError(
            f"{len(classes)} class",
            slot="labels",
            remedy="A classifier needs records of two classes or more.",
        )
    codes = encode_all(records, k=params.k)
    y = np.array([classes.index(label) for label in labels])
    source = np.zeros(len(y), dtype=np.int64) if sources is None else np.asarray(sources)
    if source.shape != y.shape:
        raise InputError(f"{len(source)} sources for {len(y)} records", slot="sources")
    fold = grouped_folds(source * len(classes) + y, similar_groups(codes), folds=folds, seed=seed)
    everything = method.inputs(codes, params, y=y.tolist(), source=source.tolist())
    members, courses = [], []
    held_out = np.zeros((len(y), len(classes)))
    for i in range(folds):
        rows, validation = np.flatnonzero(fold != i), np.flatnonzero(fold == i)
        own = member_seed(seed, i)
        known = {"y": y[rows].tolist(), "source": source[rows].tolist(), "seed": own}
        train = [codes[j] for j in rows]
        member = method.fresh(classes, params, train, **known)
        course = fit(
            member,
            method.training_inputs(train, params, **known),
            Subset(everything, validation),
            settings=settings,
            seed=own,
            run_dir=None if run_dir is None else run_dir / f"fold{i}",
            resume=resume,
            progress=progress,
            name=f"fold {i + 1}/{folds}",
        )
        members.append(member.cpu().eval())
        courses.append(course)
        logits = member_outputs([member], Subset(everything, validation), method.logits)
        held_out[validation] = logits[:, 0].numpy()
    return Ensemble(
        method=method,
        params=params,
        classes=classes,
        members=members,
        temperature=fit_temperature(held_out, y),
        known=KnownTranscripts.of(codes, labels, classes=classes),
        domain=describe(codes),
        history=courses,
        held_out=held_out,
    )


def describe(codes: Sequence[NDArray[np.uint8]]) -> DomainOfUse | None:
    """Return the domain of use of training sequences, None where they are too few to have one."""
    try:
        return DomainOfUse.fit(codes)
    except InputError:
        return None
