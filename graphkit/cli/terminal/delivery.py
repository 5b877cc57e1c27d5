"""Write how a result was made; and a scorecard as text, JSON and a page."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from graphkit.origin import Origin
from graphkit.reports.output import open_output
from graphkit.reports.scorecard.page import as_page
from graphkit.reports.scorecard.text import as_text
from graphkit.sequences.streams import name_of

if TYPE_CHECKING:
    import typer

    from graphkit.reports.output import Output
    from graphkit.reports.scorecard.scorecard import Scorecard


# Options that change where a result goes or how it looks, not what it says.
_PLACES = {
    *("source", "seed"),  # told by themselves
    *("output", "report", "figure", "table", "save_model", "force", "resume"),
    *("format", "as_json", "tracks", "device", "threads", "engine", "address", "workers"),
}


def origin_of(
    context: typer.Context, *sources: str | Path, model_sha256: str | None = None
) -> Origin:
    """Return how the result of a command is made: all that was asked for, files by their names.

    Parameters
    ----------
    context
        Of the command.
    sources
        What it reads, if anything; ``-`` for stdin.
    model_sha256
        Of the model that it applies.
    """
    asked = {
        name: value.name if isinstance(value, Path) else value
        for name, value in context.params.items()
        if name not in _PLACES
    }
    return Origin(
        verb=context.command_path.partition(" ")[2],
        params=asked,
        seed=context.params.get("seed"),
        model_sha256=model_sha256,
        input=", ".join(Path(name_of(str(source))).name for source in sources) or None,
    )


def deliver(card: Scorecard, *, origin: Origin, as_json: bool, page: Output | None) -> None:
    """Write `card` to stdout and to `page`.

    Parameters
    ----------
    card
        What was found.
    origin
        How; not beside the text.
    as_json
        One JSON object instead of a table to read.
    page
        Where the HTML goes, if anywhere.
    """
    if page is not None:
        page.write(as_page(card, origin).encode("utf-8"))
    if as_json:
        found = {**card.as_dict(), "made": origin.as_dict()}
        text = json.dumps(found, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    else:
        text = as_text(card)
    with open_output(None) as output:
        output.write(text.encode("utf-8", errors="backslashreplace"))
