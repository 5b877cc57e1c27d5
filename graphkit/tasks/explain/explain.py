"""Records in, explanations out: lazily, in order, one per record whatever happens to it."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from graphkit.attribution import converged_gradients, mutagenesis, occlusion
from graphkit.attribution.agreement import agreement
from graphkit.attribution.attention import attention_mass
from graphkit.errors import InputError
from graphkit.sequences import COMPOSITION_NAMES, as_records, examine
from graphkit.tasks.explain.explained_model import (
    fitted,
    log_odds_of,
    member_attention,
    need_explainable,
)
from graphkit.tasks.explain.explanation import Explanation
from graphkit.tasks.localize.predictions import NOT_FINITE, failure, unusable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray
    from torch import Tensor

    from graphkit.attribution import LogOdds
    from graphkit.sequences.records import Sequences
    from graphkit.tasks.localize.model import SequenceModel
    from graphkit.tasks.localize.predictions import OnError
    from graphkit.types import Record

    Codes = NDArray[np.uint8]

__all__ = ["METHODS_OF_EXPLAINING", "Explanation", "explain"]

METHODS_OF_EXPLAINING = ("gradients", "attention", "mutagenesis", "occlusion")


@dataclass(frozen=True)
class _Asked:
    """What is asked of a model: one value per argument of :func:`explain`."""

    model: SequenceModel
    target: str | None
    method: str
    steps: int
    tolerance: float
    window: int
    max_length: int
    side_baseline: Tensor | None
    seed: int


def explain(
    model: SequenceModel,
    records: Sequences,
    *,
    target: str | None = None,
    method: str = "gradients",
    steps: int = 64,
    tolerance: float = math.inf,
    on_error: OnError = "skip",
    window: int = 10,
    max_length: int = 10_000,
    side_baseline: Tensor | None = None,
    random_state: int = 0,
) -> Iterator[Explanation]:
    """Yield one explanation per record, lazily and in order.

    Parameters
    ----------
    model
        A fitted model.
    records
        What :func:`~graphkit.sequences.as_records` takes, any number; read as they are needed.
    target
        Class whose log-odds are explained; for each record the one that the members' mean logits
        favour, where not given. Of a model that predicts a value this is explained: as it is for
        the higher class (the default), its negative for the lower.
    method
        ``"gradients"`` (integrated over all that the prediction depends on), ``"attention"`` (a
        view, no evidence), ``"mutagenesis"`` (every substitution) or ``"occlusion"`` (windows).
    steps
        Gradients: points on the line from the baseline to begin with, at least 2.
    tolerance
        Gradients: where more than this share of what is to be explained is missing from the sum,
        four times as many points are taken, up to 1,024. ``graphkit explain`` asks for 0.01; by
        default every record gets `steps` points, and says what is missing in `gap`.
    on_error
        ``"skip"`` gives a record that cannot be used an explanation that says why, ``"fail"``
        raises.
    window
        Occlusion: letters knocked out at once.
    max_length
        Mutagenesis and occlusion: longest record taken on.
    side_baseline : Tensor [S], optional
        Gradients: length and composition of the baseline; the mean over the training records where
        not given.
    random_state
        Occlusion: seed of the knock-outs.

    Raises
    ------
    InputError
        At once, if an argument makes no sense or the model cannot be explained in this way; later,
        with ``on_error="fail"``, at the first record that cannot be used.

    Examples
    --------
    >>> import graphkit
    >>> model = graphkit.load("lncloc")
    >>> record = graphkit.Record("t1", "ACGGUGCUAGCAUUGACUAG" * 10)
    >>> explanation = next(explain(model, [record], target="Nucleus", steps=8))
    >>> explanation.status, len(explanation.scores), explanation.uncovered
    ('explained', 200, 0)
    """
    asked = _Asked(
        model, target, method, steps, tolerance, window, max_length, side_baseline, random_state
    )
    _check(asked, on_error)
    return (_explain(asked, record, on_error) for record in as_records(records))


def _check(asked: _Asked, on_error: str) -> None:
    model = asked.model
    classes = fitted(model).classes
    if on_error not in ("skip", "fail"):
        raise InputError(f"no choice {on_error!r}", slot="on_error", remedy="skip or fail.")
    if asked.method not in METHODS_OF_EXPLAINING:
        choices = ", ".join(METHODS_OF_EXPLAINING)
        raise InputError(f"no method {asked.method!r}", slot="method", remedy=f"Give {choices}.")
    for name, least in (("steps", 2), ("window", 1), ("max_length", 1)):
        value = getattr(asked, name)
        if value < least:
            raise InputError(f"{name} = {value}", slot=name, remedy=f"Give at least {least}.")
    log_odds_of(model, asked.target or classes[0])
    if asked.method in ("gradients", "attention"):
        need_explainable(model, asked.method)


def _explain(asked: _Asked, record: Record, on_error: OnError) -> Explanation:
    examined = examine(record, k=fitted(asked.model).k)
    codes, reason, warnings = examined.codes, examined.reason, examined.warnings
    if codes is not None:
        target = asked.target or _favourite(asked.model, codes)
        model = log_odds_of(asked.model, target, side_baseline=asked.side_baseline)
        windows = model.builder.windows(len(codes))
        begun = Explanation(
            record, "explained", asked.method, target, codes, windows=windows, warnings=warnings
        )
        try:
            explanation = _METHODS[asked.method](asked, model, codes, begun)
            if math.isfinite(explanation.f_x or 0.0):
                return explanation
            reason = NOT_FINITE
        except InputError as error:
            reason = error.reason
        except (RuntimeError, MemoryError) as error:
            reason = failure(error)
    if on_error == "fail":
        raise unusable(record, reason or "no sequence")
    return Explanation.refused(record, reason or "no sequence", asked.method, warnings)


def _favourite(model: SequenceModel, codes: Codes) -> str:
    """Return the class that the mean logits favour; of a value, the higher one."""
    classes = fitted(model).classes
    if fitted(model).quantity is not None:
        return classes[0]
    odds = [float(log_odds_of(model, name)([codes])[0]) for name in classes]
    return classes[int(np.argmax(odds))]


def _gradients(asked: _Asked, model: LogOdds, codes: Codes, begun: Explanation) -> Explanation:
    shares = converged_gradients(model, codes, steps=asked.steps, tolerance=asked.tolerance)
    names = COMPOSITION_NAMES
    if len(shares.side) != len(names):
        names = tuple(f"side_{i}" for i in range(len(shares.side)))
    side = dict(zip(names, shares.side.tolist(), strict=True))
    return replace(
        begun,
        scores=shares.positions,
        f_x=shares.f_x,
        f_base=shares.f_base,
        reference=shares.reference,
        side={**side, "absent_kmers": shares.absent},
        delta=shares.positions.delta,
        gap=shares.gap,
        windows=shares.windows,
        steps=shares.steps,
        agreement=_known(agreement(shares.members)),
    )


def _attention(asked: _Asked, model: LogOdds, codes: Codes, begun: Explanation) -> Explanation:
    weights = member_attention(asked.model, codes)
    provenance = model.builder.provenance(codes)
    tracks = [attention_mass(row, provenance)[0].values for row in weights]
    scores, absent = attention_mass(weights.mean(axis=0), provenance)
    warning = (f"{absent:.0%} of the attention lies on k-mers that do not occur",)
    return replace(
        begun,
        scores=scores,
        f_x=float(model([codes])[0]),
        agreement=_known(agreement(np.stack(tracks))),
        warnings=begun.warnings + (warning if absent >= 0.005 else ()),
    )


def _mutagenesis(asked: _Asked, model: LogOdds, codes: Codes, begun: Explanation) -> Explanation:
    changes = mutagenesis(model, codes, max_length=asked.max_length)
    return replace(begun, scores=changes.positions, f_x=changes.f_x, effects=changes.effects)


def _occlusion(asked: _Asked, model: LogOdds, codes: Codes, begun: Explanation) -> Explanation:
    scores = occlusion(
        model, codes, window=asked.window, seed=asked.seed, max_length=asked.max_length
    )
    return replace(begun, scores=scores, f_x=float(model([codes])[0]))


def _known(value: float) -> float | None:
    return None if np.isnan(value) else value


_METHODS: dict[str, Callable[[_Asked, LogOdds, Codes, Explanation], Explanation]] = {
    "gradients": _gradients,
    "attention": _attention,
    "mutagenesis": _mutagenesis,
    "occlusion": _occlusion,
}
