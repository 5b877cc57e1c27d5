"""Explanations one by one, each with the stretches that stand out of it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from graphkit.sequences import decode, dinucleotide_shuffle
from graphkit.sequences.records import number_records
from graphkit.sequences.streams import with_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from graphkit.motifs import Seqlet
    from graphkit.tasks.explain.explanation import Explanation
    from graphkit.tasks.explain.settings import Run
    from graphkit.tasks.localize.model import SequenceModel
    from graphkit.tasks.localize.predictions import OnError
    from graphkit.types import Record

    Explain = Callable[..., Iterator[Explanation]]

# Scores that are never negative, as attention is, have no null of two signs.
WITHOUT_SEQLETS = ("attention",)


def explain_with_nulls(
    records: Iterable[Record], explain: Explain, *, shuffles: int, seed: int
) -> Iterator[Explanation]:
    """Explain records, and shuffles of each that keep its dinucleotides.

    Parameters
    ----------
    records
        Read as they are needed.
    explain
        Turns records into one explanation each, in order and lazily.
    shuffles
        Shuffles of each record.
    seed
        With the number of the record, the seed of its shuffles.
    """
    for place, explanation in enumerate(explain(records), start=1):
        number = explanation.record.number or place
        nulls: tuple[np.ndarray, ...] = ()
        if shuffles and explanation.codes is not None:
            generator = np.random.default_rng((seed, number))
            copies = [
                replace(
                    explanation.record,
                    id=f"{explanation.id} shuffle {copy}",
                    sequence=decode(dinucleotide_shuffle(explanation.codes, generator)),
                )
                for copy in range(1, shuffles + 1)
            ]
            nulls = tuple(copy.scores.values for copy in explain(copies) if copy.scores is not None)
        yield replace(explanation, number=number, nulls=nulls)


def explainer(model: SequenceModel, run: Run, *, on_error: OnError) -> Explain:
    """Return what turns records into explanations, one by one, as a run asks for it."""
    from graphkit.attribution.converged import TOLERANCE
    from graphkit.tasks.explain.explain import explain

    return partial(
        explain,
        model,
        target=run.target,
        method=run.method,
        steps=run.steps,
        tolerance=TOLERANCE,
        on_error=on_error,
        random_state=run.seed,
    )


def explain_records(
    model: SequenceModel,
    records: Iterable[Record],
    run: Run,
    *,
    source: str,
    on_error: OnError,
) -> Iterator[Explanation]:
    """Explain records one by one, with the seqlets of each and what is predicted.

    Parameters
    ----------
    model
        Trained.
    records
        Read as they are needed.
    run
        How to explain.
    source
        Where the records come from, for messages.
    on_error
        ``"skip"`` explains the others, ``"fail"`` raises.

    Raises
    ------
    InputError
        Where the model cannot be explained so, or a record cannot be and `on_error` is ``"fail"``.
    """
    from graphkit.attribution.converged import TOLERANCE

    explained = explainer(model, run, on_error=on_error)
    numbered = number_records(records)
    stream = explain_with_nulls(numbered, explained, shuffles=run.shuffles, seed=run.seed)
    for explanation in with_file(stream, source):
        warnings = explanation.warnings
        if explanation.gap is not None and explanation.gap > TOLERANCE:
            warnings += (
                f"with {explanation.steps:,} steps {explanation.gap:.1%} of what is to be explained"
                " is missing from the sum: more steps may close the gap",
            )
        seqlets = _seqlets(explanation, fdr=run.fdr)
        yield replace(
            explanation,
            warnings=warnings,
            seqlets=seqlets,
            strongest=() if seqlets else _strongest(explanation),
            prediction=next(model.fitted("ensemble_").predict_each([explanation.record])),
        )


def _strongest(explanation: Explanation) -> tuple[Seqlet, ...]:
    from graphkit.motifs.seqlets.call import strongest

    return tuple(strongest(explanation.track)) if _signed(explanation) else ()


def _signed(explanation: Explanation) -> bool:
    return explanation.explained and explanation.method not in WITHOUT_SEQLETS


def _seqlets(explanation: Explanation, *, fdr: float) -> tuple[Seqlet, ...]:
    """Return the seqlets, called against the record's own shuffles where there are any."""
    from graphkit.motifs import SeqletParams, call_seqlets

    if not _signed(explanation):
        return ()
    nulls = [explanation.nulls] if explanation.nulls else None
    return tuple(call_seqlets([explanation.track], SeqletParams(fdr=fdr), nulls=nulls))
