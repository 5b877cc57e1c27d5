"""Find motifs in explained transcripts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from graphkit.errors import InputError
from graphkit.sequences import as_labels, as_records
from graphkit.sequences.names import column_name
from graphkit.tasks.explain.seqlets import explain_records
from graphkit.tasks.explain.settings import Run, against, class_of
from graphkit.tasks.measured_classes import AGAINST, FOR, UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from graphkit.motifs import Motif, MotifTable, Track
    from graphkit.sequences.records import Sequences
    from graphkit.tasks.localize.model import SequenceModel
    from graphkit.tasks.localize.predictions import OnError
    from graphkit.tasks.measured_classes import Measured
    from graphkit.types import Record


@dataclass(slots=True)
class Gathered:
    """Explained transcripts, and what is known of each.

    Parameters
    ----------
    tracks : list of Track [n]
    nulls : list of tuple of float [L], [n]
        Scores of shuffles of each.
    labels : list of int [n]
        1, 0 or -1: measured to be of the class, of another, or not measured.
    seen : list of bool [n]
        Whether the model was trained on it, or on a near copy.
    n_records
        Records met, refused ones included.
    refused
        The first record that could not be explained, and why.
    """

    tracks: list[Track] = field(default_factory=list)
    nulls: list[tuple[NDArray[np.float64], ...]] = field(default_factory=list)
    labels: list[int] = field(default_factory=list)
    seen: list[bool] = field(default_factory=list)
    n_records: int = 0
    refused: str = ""

    @property
    def n_refused(self) -> int:
        """Records that could not be explained."""
        return self.n_records - len(self.tracks)


def find_motifs(
    model: SequenceModel,
    records: Sequences,
    labels: Sequence[object] | None = None,
    *,
    target: str | None = None,
    database: Sequence[Motif] = (),
    steps: int = 32,
    shuffles: int = 0,
    fdr: float = 0.05,
    random_state: int = 0,
) -> MotifTable:
    """Find the elements that a model relies on, and test them where labels were measured.

    Parameters
    ----------
    model
        A fitted model.
    records
        What :func:`~graphkit.sequences.as_records` takes, no id twice; those that cannot be
        explained are left out.
    labels : sequence [n], optional
        Measured classes of the records; without them motifs only describe the model.
    target
        The class they speak for; the second of two where not given.
    database
        Known motifs to compare with, see :func:`~graphkit.motifs.read_motifs`.
    steps
        Of the gradients.
    shuffles
        Dinucleotide shuffles of each record that seqlets are called against; 0 against the rest.
    fdr
        False discovery rate of the seqlets of one record, above 0 and below 1.
    random_state
        Of the shuffles, the halves and the knock-outs.

    Raises
    ------
    InputError
        If no class is meant, an id occurs twice, labels and records differ in number, or an
        argument makes no sense.

    Examples
    --------
    >>> import graphkit
    >>> mouse = graphkit.datasets.shipped("mouse_lincrnas.fasta")
    >>> find_motifs(graphkit.load("lncloc"), mouse, steps=8).n_tracks
    3
    """
    ensemble, given = model.fitted("ensemble_"), list(as_records(records))
    classes = ensemble.classes
    chosen = class_of(classes, target, default=ensemble.positive)
    if chosen is None:
        raise InputError("is missing", slot="target", remedy=f"Choose one of {', '.join(classes)}.")
    if not 0 < fdr < 1:
        raise InputError(f"is {fdr}", slot="fdr", remedy="Give more than 0, less than 1.")
    names = [None] * len(given) if labels is None else as_labels(labels)
    if len(names) != len(given):
        raise InputError(f"{len(given)} records but {len(names)} labels", slot="labels")
    code = {None: UNKNOWN, chosen: FOR}
    measured = {
        record.id: code.get(name, AGAINST) for record, name in zip(given, names, strict=True)
    }
    if len(measured) < len(given):
        raise InputError("an id occurs twice", slot="records", remedy="Name each record once.")
    run = Run(
        source="records",
        model="",
        classes=classes,
        target=chosen,
        method="gradients",
        steps=steps,
        shuffles=shuffles,
        fdr=fdr,
        seed=random_state,
        n_tracks=0,
        unit=ensemble.unit,
    )
    gathered = Gathered()
    gather(
        gathered,
        given,
        model=model,
        run=run,
        source=run.source,
        measured=lambda record: measured[record.id],
        on_error="skip",
        step=lambda: None,
    )
    tested = len({*gathered.labels} - {UNKNOWN}) > 1
    return find(model, gathered, run, tested=tested, database=database)


def gather(
    gathered: Gathered,
    records: Iterable[Record],
    *,
    model: SequenceModel,
    run: Run,
    source: str,
    measured: Callable[[Record], int],
    on_error: OnError,
    step: Callable[[], None],
) -> None:
    """Explain records, note what each was measured to be, and add them to `gathered`.

    Parameters
    ----------
    gathered
        What there is so far.
    records
        Read as they are needed.
    model
        Trained.
    run
        How to explain.
    source
        Where the records come from, for messages.
    measured
        Says of a record 1, 0 or -1.
    on_error
        ``"skip"`` goes on with the others, ``"fail"`` raises.
    step
        Called after each record.

    Raises
    ------
    InputError
        As :func:`~graphkit.tasks.explain.seqlets.explain_records`.
    """
    known = model.ensemble_.known
    for explanation in explain_records(model, records, run, source=source, on_error=on_error):
        gathered.n_records += 1
        if explanation.explained:
            track = explanation.track
            gathered.tracks.append(track)
            gathered.nulls.append(explanation.nulls)
            gathered.labels.append(measured(explanation.record))
            gathered.seen.append(known is not None and known.lookup(track.codes) is not None)
        elif not gathered.refused:
            gathered.refused = (
                f"{column_name(explanation.id, explanation.number)}: {explanation.status}"
            )
        step()


def sides(
    records: Iterator[Record],
    others: Iterator[Record] | None,
    *,
    names: tuple[str, str],
    measured: Measured,
) -> Iterator[tuple[Iterator[Record], str, Callable[[Record], int]]]:
    """Yield each file of records, its name and what says how its records were measured.

    Parameters
    ----------
    records
        Of the input.
    others
        Of records to compare with, where given: then the file says the class, not the header.
    names
        Of the two files.
    measured
        Reads headers or the table of labels.
    """
    if others is None:
        yield records, names[0], measured.of
    else:
        yield records, names[0], lambda _record: FOR
        yield others, names[1], lambda _record: AGAINST


def read_database(path: Path) -> list[Motif]:
    """Read known motifs; see :func:`graphkit.motifs.read_motifs`.

    Raises
    ------
    InputError
        Naming the file and the line that cannot be used.
    """
    from graphkit.motifs import read_motifs

    if not path.exists():
        raise InputError("no such file or folder", file=path, remedy="Check the path.")
    return read_motifs(path)


def find(
    model: SequenceModel,
    gathered: Gathered,
    run: Run,
    *,
    tested: bool,
    database: Sequence[Motif],
) -> MotifTable:
    """Search the explained records for motifs.

    Parameters
    ----------
    model
        Trained; breaks motifs to see what it says then.
    gathered
        Explained records.
    run
        What was asked for.
    tested
        Whether measured labels are on both sides.
    database
        Known motifs.
    """
    from graphkit.motifs import discover
    from graphkit.tasks.explain.explained_model import log_odds_of

    target = str(run.target)
    return discover(
        gathered.tracks,
        labels=gathered.labels if tested else None,
        seen=gathered.seen,
        classes=(against(run.classes, target), target),
        nulls=gathered.nulls if run.shuffles else None,
        database=database,
        effect=log_odds_of(model, target),
        fdr=run.fdr,
        seed=run.seed,
    )
