"""Make the page of ``graphkit motifs``: logos, the effect of breaking them, and tests."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from graphkit.errors import printable
from graphkit.reports import pages
from graphkit.reports.motif_files import families
from graphkit.sequences import decode
from graphkit.tasks.explain.settings import CAUTION, against, colors_of
from graphkit.tasks.measured_classes import AGAINST, FOR

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from graphkit.motifs import MotifResult, MotifTable, Seqlet
    from graphkit.origin import Origin
    from graphkit.tasks.explain.settings import Run
    from graphkit.tasks.find_motifs import Gathered


MOST_KNOWN = 20
MOST_STRETCHES = 8
SIGNIFICANT = 0.05


@dataclass(frozen=True, slots=True)
class Card:
    """One motif as the page shows it."""

    result: MotifResult
    logo: str
    file: str
    families: str


def render(
    table: MotifTable,
    run: Run,
    gathered: Gathered,
    *,
    logos: Sequence[str],
    folder: Path,
    problem: str,
    origin: Origin,
) -> str:
    """Return the page.

    Parameters
    ----------
    table
        What was found.
    run
        What was asked for.
    gathered
        The explained records.
    logos
        File of each motif's logo, relative to `folder`.
    folder
        Where the results are.
    problem
        Why nothing could be tested; empty where it could.
    origin
        How all this was made.
    """
    counts = Counter(gathered.labels)
    target = str(run.target)
    return pages.render(
        "motifs.html.jinja",
        origin=origin,
        table=table,
        run=run,
        target=target,
        other=against(run.classes, target),
        colors=colors_of(run.classes, target),
        source=printable(run.source, limit=120),
        model=printable(run.model, limit=120),
        caution=CAUTION,
        gathered=gathered,
        n_for=counts[FOR],
        n_against=counts[AGAINST],
        n_seen=sum(gathered.seen),
        reason=printable(problem or table.reason),
        most_known=MOST_KNOWN,
        strongest=() if table.rows else _strongest(gathered),
        groups=_groups(
            [
                Card(result, pages.inline_svg(folder / logo), logo, families(result.matches))
                for result, logo in zip(table.rows, logos, strict=True)
            ]
        ),
    )


def _strongest(gathered: Gathered) -> list[tuple[str, str, Seqlet]]:
    """Return the strongest stretches of all records, each with its record and its letters."""
    from graphkit.motifs.seqlets.call import strongest

    found = [
        (printable(track.id, limit=60), decode(track.codes[one.start : one.end]), one)
        for track in gathered.tracks
        for one in strongest(track)
    ]
    return sorted(found, key=lambda one: -abs(one[2].score))[:MOST_STRETCHES]


def _groups(cards: list[Card]) -> list[tuple[str, list[Card]]]:
    """Part cards that passed the test from those that did not, each with a heading."""
    if all(card.result.descriptive for card in cards):
        return [("", cards)] if cards else []
    passed = [card for card in cards if (card.result.q or 0.0) < SIGNIFICANT]
    failed = [card for card in cards if card not in passed]
    parts = (
        (f"Commoner in the class they speak for: q below {SIGNIFICANT:g}", passed),
        (
            f"Relied on by the model, but not shown to be commoner: q of {SIGNIFICANT:g} or more",
            failed,
        ),
    )
    return [part for part in parts if part[1]]
