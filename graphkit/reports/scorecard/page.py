"""Make the page of a scorecard: one HTML file that loads nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphkit.errors import printable
from graphkit.reports.pages import render

if TYPE_CHECKING:
    from graphkit.origin import Origin
    from graphkit.reports.scorecard.scorecard import Scorecard

TITLES = {
    "evaluate": "How good is the model on these records?",
    "crossval": "What can be learned from these records?",
}


def as_page(card: Scorecard, origin: Origin) -> str:
    """Return the page: the conclusion, every table, every reliability diagram, how to read them.

    Parameters
    ----------
    card
        With at least one table.
    origin
        How it was made.
    """
    return render(
        "scorecard.html.jinja",
        origin=origin,
        card=card,
        title=TITLES[card.verb],
        source=printable(card.source, limit=120),
        model=printable(card.model, limit=120),
        counts=[(printable(name, limit=40), n) for name, n in card.counts.items()],
        conclusion=printable(card.conclusion),
        notes=[printable(note) for note in card.notes],
        settings=[(name, printable(str(value))) for name, value in card.settings.items()],
    )
