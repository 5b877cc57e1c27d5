"""Explanations one by one, each with the stretches that stand out of it."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from graphkit.cli.reading import with_file
from graphkit.sequences import decode, dinucleotide_shuffle, encode, examine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from graphkit.cli.explain_run import Run
    from graphkit.methods import SequenceClassifier
    from graphkit.methods.explanation import Explanation
    from graphkit.methods.prediction import OnError
    from graphkit.motifs import Seqlet, Track
    from graphkit.types import Record, Scores

    Explain = Callable[[Iterable[Record]], Iterator[Explanation]]

# Scores that are never negative, as attention is, have no null of two signs.
WITHOUT_SEQLETS = ("attention",)
MOST_IDS = 2_000_000


@dataclass(frozen=True, slots=True)
class Explained:
    """One explained record.

    Parameters
    ----------
    number
        Its place in the input, from 1.
    explanation
        What the model says and why.
    seqlets : tuple of Seqlet
        Stretches whose summed score stands out, in order.
    nulls : tuple of ndarray [L]
        Scores of shuffles of the record, explained alike.
    """

    number: int
    explanation: Explanation
    seqlets: tuple[Seqlet, ...] = ()
    nulls: tuple[np.ndarray, ...] = ()

    @property
    def track(self) -> Track:
        """Letters and scores, of a record that was explained."""
        from graphkit.motifs import Track

        said, scores = self.explanation, cast("Scores", self.explanation.scores)
        return Track(said.id, encode(said.sequence), scores.values, said.breaks)


def explain_with_nulls(
    records: Iterable[Record], explain: Explain, *, k: int, shuffles: int, seed: int
) -> Iterator[Explained]:
    """Explain records, and shuffles of each that keep its dinucleotides.

    Parameters
    ----------
    records
        Read as they are needed.
    explain
        Turns records into one explanation each, in order and lazily.
    k
        Letters per k-mer of the model.
    shuffles
        Shuffles of each record.
    seed
        With the number of the record, the seed of its shuffles.
    """
    sizes: deque[int] = deque()

    def with_shuffles() -> Iterator[Record]:
        for number, record in enumerate(records, start=1):
            codes = examine(record, k=k).codes
            sizes.append(0 if codes is None else shuffles)
            yield record
            if codes is None:
                continue
            generator = np.random.default_rng((seed, number))
            for copy in range(1, shuffles + 1):
                letters = decode(dinucleotide_shuffle(codes, generator))
                yield replace(record, id=f"{record.id} shuffle {copy}", sequence=letters)

    found = explain(with_shuffles())
    for number, explanation in enumerate(found, start=1):
        copies = [next(found) for _ in range(sizes.popleft())]
        nulls = tuple(copy.scores.values for copy in copies if copy.scores is not None)
        yield Explained(number, explanation, nulls=nulls)


def explain_records(
    model: SequenceClassifier,
    records: Iterable[Record],
    run: Run,
    *,
    source: str,
    on_error: OnError,
) -> Iterator[Explained]:
    """Explain records one by one, with the seqlets of each.

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
    from graphkit.methods.explaining import explain_each

    explain = partial(
        explain_each,
        model,
        target=run.target,
        method=run.method,
        steps=run.steps,
        tolerance=TOLERANCE,
        on_error=on_error,
        seed=run.seed,
    )
    stream = explain_with_nulls(records, explain, k=model.k, shuffles=run.shuffles, seed=run.seed)
    # What adds the name of the file to errors passes on whatever it is given.
    named = cast("Iterator[Explained]", with_file(cast("Any", stream), source))
    seen: set[int] = set()
    for explained in named:
        warned = _with_gap_told(_told_again(explained, seen))
        yield _with_seqlets(warned, fdr=run.fdr)


def _warned(explained: Explained, warning: str) -> Explained:
    found = explained.explanation
    return replace(explained, explanation=replace(found, warnings=(*found.warnings, warning)))


def _with_gap_told(explained: Explained) -> Explained:
    """Warn where the scores do not add up to what they should explain."""
    from graphkit.attribution.converged import TOLERANCE

    found = explained.explanation
    if found.gap is None or found.gap <= TOLERANCE:
        return explained
    return _warned(
        explained,
        f"with {found.steps:,} steps {found.gap:.1%} of what is to be explained is missing from"
        " the sum: a larger --steps may close the gap",
    )


def _told_again(explained: Explained, seen: set[int]) -> Explained:
    """Warn where an earlier record has the same id; a hash of each is kept, up to a limit."""
    found = explained.explanation
    key = hash(found.id)
    if key in seen:
        return _warned(explained, "this id occurred before")
    if len(seen) < MOST_IDS:
        seen.add(key)
    return explained


def _with_seqlets(explained: Explained, *, fdr: float) -> Explained:
    """Return `explained` with its seqlets, called against its own shuffles where there are any."""
    from graphkit.motifs import SeqletParams, call_seqlets

    found = explained.explanation
    if not found.explained or found.method in WITHOUT_SEQLETS:
        return explained
    nulls = [explained.nulls] if explained.nulls else None
    called = call_seqlets([explained.track], SeqletParams(fdr=fdr), nulls=nulls)
    return replace(explained, seqlets=tuple(called))
