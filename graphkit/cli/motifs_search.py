"""From explained records to motifs: the call of the search itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphkit.cli.explain_choices import against
from graphkit.cli.motifs_labels import AGAINST, FOR
from graphkit.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from graphkit.cli.explain_run import Run
    from graphkit.cli.motifs_gather import Gathered
    from graphkit.cli.motifs_labels import Measured
    from graphkit.methods import SequenceClassifier
    from graphkit.motifs import Motif, MotifTable
    from graphkit.types import Record


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
        Of ``--against``, where it is given: then the file says the class, not the header.
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
    model: SequenceClassifier,
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
    from graphkit.methods.explaining_models import log_odds_of
    from graphkit.motifs import discover

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
