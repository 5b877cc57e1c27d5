"""Records in, predictions out: lazily, in order, one row per record whatever happens to it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from graphkit.errors import InputError, shorten
from graphkit.sequences import LEAST_APPLICABILITY, examine
from graphkit.sequences.records import number_records
from graphkit.sequences.species import species_of
from graphkit.types import NOBODY, Prediction, Record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    import pandas as pd

    from graphkit.sequences import DomainOfUse
    from graphkit.tasks.localize.known_transcripts import Known, KnownTranscripts
    from graphkit.tasks.localize.label_sets import LabelSets
    from graphkit.types import Neighbor

OnError = Literal["skip", "fail"]
Floats = NDArray[np.floating]

# Chunks grow from one record, so that output starts with the first, to a size that shares the first
# layer's product among records while memory stays flat.
_CHUNK_RECORDS = 32
_CHUNK_LETTERS = 4_000_000

LEAST_ODDS = 1.5
"""How many times as likely as the next a class must be for a label: 0.6 of two classes."""

NOT_FINITE = "the model's answer is not a finite number"


@dataclass(frozen=True)
class Verdict:
    """Prediction of an ensemble for sequences.

    Parameters
    ----------
    probabilities : ndarray [n, C]
        Class probabilities of the ensemble.
    votes : ndarray [n, M]
        Most probable class of each member, or the number of its set of labels.
    value : ndarray [n, 3], optional
        Predicted value and the ends of its interval.
    nearest : list of tuple of Neighbor, [n], optional
        Measured training transcripts nearest to each.
    """

    probabilities: Floats
    votes: NDArray[np.int64]
    value: Floats | None = None
    nearest: Sequence[tuple[Neighbor, ...]] | None = None

    def rows(self) -> Iterator[Verdict]:
        """Yield what is said about each sequence, ``n = 1``."""
        for row in range(len(self.probabilities)):
            here = slice(row, row + 1)
            value = None if self.value is None else self.value[here]
            nearest = None if self.nearest is None else self.nearest[here]
            yield Verdict(self.probabilities[here], self.votes[here], value, nearest)


def predict_records(
    records: Iterable[Record],
    judge: Callable[[list[NDArray[np.uint8]]], Verdict],
    *,
    classes: tuple[str, ...],
    sets: LabelSets | None = None,
    k: int,
    uncertain: float | None,
    on_error: OnError,
    known: KnownTranscripts | None = None,
    domain: DomainOfUse | None = None,
    species: str | None = None,
) -> Iterator[Prediction]:
    """Yield one prediction per record, in order.

    Parameters
    ----------
    records
        Any number of records; read as they are needed.
    judge
        Turns encoded sequences into a verdict.
    classes
        Class names in the order of the verdict's columns.
    sets
        What tells the labels that a record has, where it may have several.
    k
        K-mer length the records must have enough of.
    uncertain
        Below this probability of the best class the label is ``"uncertain"``; None where it is less
        than 1.5 times as likely as the next.
    on_error
        ``"skip"`` turns a record that cannot be used into a row that says why, ``"fail"`` raises.
    known
        Training transcripts to look each record up in. The prediction does not change.
    domain
        What the training transcripts are like. Outside it the label is ``"uncertain"``, the status
        ``"outside_domain"``, and warnings say why; the probabilities do not change.
    species
        That of the training transcripts: rows of records whose headers show another say so.

    Raises
    ------
    InputError
        With ``on_error="fail"``, at the first record that cannot be used.
    """
    if on_error not in ("skip", "fail"):
        raise InputError(f"no choice {on_error!r}", slot="on_error", remedy="skip or fail.")
    if uncertain is not None and not 0 <= uncertain <= 1:
        raise InputError(f"{uncertain} is no probability", slot="uncertain", remedy="Give 0 to 1.")
    for chunk in _chunks(number_records(records)):
        examined = [examine(record, k=k) for record in chunk]
        if on_error == "fail":
            for record, one in zip(chunk, examined, strict=True):
                if one.reason is not None:
                    raise unusable(record, one.reason)
        usable = [e.codes for e in examined if e.codes is not None]
        verdicts = iter(_judged(judge, usable) if usable else ())
        for record, one in zip(chunk, examined, strict=True):
            prediction = Prediction(
                id=record.id,
                gene=record.gene,
                symbol=record.symbol,
                length=len(record.sequence),
                status=f"not_predicted: {one.reason}",
                fraction_n=one.fraction_n,
                warnings=one.warnings,
                file=record.file,
            )
            if one.codes is None:
                yield prediction
                continue
            verdict = next(verdicts)
            if isinstance(verdict, str):
                if on_error == "fail":
                    raise unusable(record, verdict)
                yield replace(prediction, status=f"not_predicted: {verdict}")
                continue
            probabilities, votes = verdict.probabilities[0], verdict.votes[0]
            answer = () if verdict.value is None else tuple(verdict.value[0].tolist())
            nearest = () if verdict.nearest is None else verdict.nearest[0]
            answered = replace(
                _within(prediction, one.codes, domain),
                probabilities=tuple(float(p) for p in probabilities),
            )
            choose = _choose if sets is None else sets.choose
            best, label = choose(probabilities, classes, uncertain)
            answered = replace(
                answered,
                label="uncertain" if answered.outside or label is None else label,
                nearest=() if answered.outside else nearest,
                members_agree=f"{int((votes == best).sum())} of {len(votes)}",
                warnings=(*answered.warnings, *_foreign(record, species)),
            )
            if answer:
                ends = (None, None) if answered.outside else answer[1:]
                answered = replace(answered, value=(answer[0], *ends))
            yield _beside(answered, None if known is None else known.lookup(one.codes))


def _judged(
    judge: Callable[[list[NDArray[np.uint8]]], Verdict], codes: list[NDArray[np.uint8]]
) -> list[Verdict | str]:
    """Return the verdict of each sequence, or why there is none.

    One that the model fails on, such as one too long for the memory, takes no other with it.
    """
    try:
        together = judge(codes)
    except (RuntimeError, MemoryError) as error:
        if len(codes) > 1:
            return [verdict for one in codes for verdict in _judged(judge, [one])]
        return [failure(error)]
    return [each if _finite(each) else NOT_FINITE for each in together.rows()]


def _finite(verdict: Verdict) -> bool:
    value = () if verdict.value is None else verdict.value
    return bool(np.isfinite(verdict.probabilities).all() and np.isfinite(value).all())


def _within(
    prediction: Prediction, codes: NDArray[np.uint8], domain: DomainOfUse | None
) -> Prediction:
    """Say whether the sequence is like what the model was taught."""
    if domain is None:
        return replace(prediction, status="predicted")
    value, odd = domain.judge(codes)
    return replace(
        prediction,
        status="outside_domain" if value < LEAST_APPLICABILITY else "predicted",
        applicability=value,
        warnings=(*prediction.warnings, *odd),
    )


def _foreign(record: Record, species: str | None) -> tuple[str, ...]:
    """Warn of a header that shows another species than the model was taught."""
    other = species_of(record.header or record.id) if species else None
    return () if other in (None, species) else (f"of {other}: the model was taught {species}",)


def _choose(
    probabilities: Floats, classes: tuple[str, ...], uncertain: float | None
) -> tuple[int, str | None]:
    """Return the number of the best class and its name, None where it is no label.

    Examples
    --------
    >>> four = np.array([0.1, 0.2, 0.25, 0.45])
    >>> _choose(four, (*"ABCD",), None), _choose(four, (*"ABCD",), 0.6)
    ((3, 'D'), (3, None))
    """
    best = int(probabilities.argmax())
    second, first = np.sort(probabilities)[-2:]
    sure = first >= (LEAST_ODDS * second if uncertain is None else uncertain)
    return best, classes[best] if sure else None


def _beside(prediction: Prediction, known: Known | None) -> Prediction:
    """Put what is known beside a prediction."""
    if known is None:
        return prediction
    return replace(
        prediction,
        known_label=known.label if known.nearly_identical else None,
        related_label=None if known.nearly_identical else known.label,
        query_coverage=known.query_coverage,
        reference_coverage=known.reference_coverage,
        measured=known.measured if known.nearly_identical else prediction.measured,
    )


def _chunks(records: Iterable[Record]) -> Iterator[list[Record]]:
    chunk: list[Record] = []
    letters, size = 0, 1
    for record in records:
        chunk.append(record)
        letters += len(record.sequence)
        if len(chunk) == size or letters > _CHUNK_LETTERS:
            yield chunk
            chunk, letters, size = [], 0, min(2 * size, _CHUNK_RECORDS)
    if chunk:
        yield chunk


def as_table(
    predictions: Iterable[Prediction], row: Callable[[Prediction], dict[str, object]]
) -> pd.DataFrame:
    """Return predictions as a table, one row each, as :meth:`Ensemble.row` makes them."""
    import pandas as pd

    return pd.DataFrame(map(row, predictions), columns=list(row(NOBODY)))


def failure(error: RuntimeError | MemoryError) -> str:
    """Say what became of a record that a model failed on.

    Examples
    --------
    >>> failure(MemoryError())
    'the model fails on it (MemoryError)'
    """
    return f"the model fails on it ({shorten(str(error) or type(error).__name__)})"


def unusable(record: Record, reason: str) -> InputError:
    """Return the error about a record that cannot be used, where those are not to be skipped."""
    return InputError(
        reason,
        file=record.file,
        record=shorten(record.id),
        line=record.line,
        remedy="Remove the record, or skip what cannot be used.",
    )
