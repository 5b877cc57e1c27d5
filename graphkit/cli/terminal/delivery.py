"""How a scorecard leaves: text or JSON on stdout, and a page where one was asked for."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from graphkit.reports.output import open_output
from graphkit.reports.scorecard.page import as_page
from graphkit.reports.scorecard.text import as_text

if TYPE_CHECKING:
    from graphkit.reports.output import Output
    from graphkit.reports.scorecard.scorecard import Scorecard


def deliver(card: Scorecard, *, as_json: bool, page: Output | None) -> None:
    """Write `card` to stdout and to `page`.

    Parameters
    ----------
    card
        What was found.
    as_json
        One JSON object instead of a table to read.
    page
        Where the HTML goes, if anywhere.
    """
    if page is not None:
        page.write(as_page(card).encode("utf-8"))
    if as_json:
        text = json.dumps(card.as_dict(), indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    else:
        text = as_text(card)
    with open_output(None) as output:
        output.write(text.encode("utf-8", errors="backslashreplace"))
