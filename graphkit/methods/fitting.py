"""Records and labels in, one trained member per fold out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from graphkit.builders import KmerWord2Vec, OneHotKmers
from graphkit.errors import InputError
from graphkit.evaluation import fit_temperature, grouped_folds
from graphkit.methods.ensemble import Subset, encode_all, make_inputs, member_outputs
from graphkit.sequences import composition, similar_groups
from graphkit.training import History, TrainSettings, fit

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from graphkit.builders import NodeFeatures
    from graphkit.methods.sgcl_lncloc import SGCLLncLoc
    from graphkit.methods.sgcl_params import SGCLLncLocParams
    from graphkit.types import Record

    Codes = NDArray[np.uint8]


@dataclass(frozen=True)
class Fitted:
    """What a training leaves.

    Parameters
    ----------
    classes
        Class names, sorted.
    members
        One network per fold, in evaluation mode on the CPU.
    history
        Course of each training.
    temperature
        Fitted on the logits of each record by the member that did not see it.
    """

    classes: tuple[str, ...]
    members: list[SGCLLncLoc]
    history: list[History]
    temperature: float


def fit_members(
    method: type[SGCLLncLoc],
    params: SGCLLncLocParams,
    records: Sequence[Record],
    labels: Sequence[str],
    *,
    folds: int,
    seed: int,
    settings: TrainSettings,
    run_dir: Path | None = None,
    resume: bool = False,
    progress: bool = False,
) -> Fitted:
    """Train one member per fold; similar sequences are never parted by a fold.

    The arguments are those of :class:`~graphkit.methods.SequenceClassifier` and of its ``fit``.

    Raises
    ------
    InputError
        If a record cannot be used, labels and records differ in number, there is one class only, or
        a class has fewer dissimilar records than there are folds.
    """
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
    fold = grouped_folds(y, similar_groups(codes), folds=folds, seed=seed)
    data = make_inputs(codes, k=params.k, fixed=method.fixed_topology(params), y=y.tolist())
    members, courses = [], []
    held_out = np.zeros((len(y), len(classes)))
    for i in range(folds):
        train, validation = np.flatnonzero(fold != i), np.flatnonzero(fold == i)
        member = _fresh(method, params, classes, [codes[j] for j in train], seed=seed + i)
        course = fit(
            member,
            Subset(data, train),
            Subset(data, validation),
            settings=settings,
            seed=seed + i,
            run_dir=None if run_dir is None else run_dir / f"fold{i}",
            resume=resume,
            progress=progress,
            name=f"fold {i + 1}/{folds}",
        )
        members.append(member.cpu().eval())
        courses.append(course)
        logits = member_outputs([member], Subset(data, validation), method.logits)
        held_out[validation] = logits[:, 0].numpy()
    return Fitted(classes, members, courses, fit_temperature(held_out, y))


def _fresh(
    method: type[SGCLLncLoc],
    params: SGCLLncLocParams,
    classes: tuple[str, ...],
    codes: list[Codes],
    *,
    seed: int,
) -> SGCLLncLoc:
    """Return a network with fresh weights and all that is fitted on its training records."""
    features: NodeFeatures
    if params.features == "one-hot":
        features = OneHotKmers(params.k)
    else:
        features = KmerWord2Vec(params.k, dimension=params.embedding_dim, seed=seed)
    vectors = features.fit(codes)(np.arange(4**params.k))
    side = np.stack([composition(c) for c in codes]).astype(np.float32)
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        member = method(classes, params)
    return member.start_from(torch.from_numpy(vectors), torch.from_numpy(side))
