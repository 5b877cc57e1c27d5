"""A scorecard as one HTML file that asks the network nothing."""

from __future__ import annotations

import platform
from datetime import UTC, datetime
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from graphkit import __version__
from graphkit.cli.console import printable
from graphkit.cli.verdict import bracketed, digits

if TYPE_CHECKING:
    from jinja2 import Template

    from graphkit.cli.scorecard import Scorecard

TITLES = {
    "evaluate": "How good is the model on these records?",
    "crossval": "What can be learned from these records?",
}


def as_page(card: Scorecard) -> str:
    """Return the page: the conclusion, every table, every reliability diagram, how to read them.

    Parameters
    ----------
    card
        With at least one table.
    """
    return _template().render(
        card=card,
        title=TITLES[card.verb],
        source=printable(card.source, limit=120),
        model=printable(card.model, limit=120),
        counts=[(printable(name, limit=40), n) for name, n in card.counts.items()],
        conclusion=printable(card.conclusion),
        notes=[printable(note) for note in card.notes],
        settings=[(name, printable(str(value))) for name, value in card.settings.items()],
        version=__version__,
        python=platform.python_version(),
        today=datetime.now(UTC).date().isoformat(),
    )


@cache
def _template() -> Template:
    from jinja2 import Environment, StrictUndefined

    text = resources.files("graphkit.cli").joinpath("scorecard.html.jinja").read_text("utf-8")
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {"bracketed": bracketed, "digits": digits, "printable": printable}
    return environment.from_string(text)
