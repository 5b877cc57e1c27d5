"""Run the worker: orders on stdin, answers on stdout, one line of JSON each."""

from __future__ import annotations

import json
import os
import sys
import traceback
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graphkit.errors import InputError, printable
from graphkit.web import tables, transcripts
from graphkit.web.inputs import VERBS
from graphkit.web.limits import MB

if sys.platform != "win32":
    import resource

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Step = Callable[..., None]

NICENESS = 5  # the page answers first
# Address space, of which they use a part.
LIBRARIES_MB = 6_000
DO: dict[str, Callable[[Path, Mapping[str, Any], Step], None]] = {
    "localize": transcripts.localize,
    "explain": transcripts.explain,
    **dict.fromkeys(VERBS, tables.annotate),
    "view": tables.view,
}


def answer(order: Mapping[str, Any], tell: Step) -> dict[str, Any]:
    """Execute an order and return its outcome.

    Parameters
    ----------
    order
        ``verb``, ``folder`` and what the verb needs.
    tell
        Takes what to tell on the way: ``step`` and ``total``.

    Returns
    -------
    dict
        ``end``: ``"done"``; ``"refused"`` with the ``text`` for the user; or ``"failed"``, with the
        kind of error and where it was raised, but nothing of what it says.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            DO[order["verb"]](Path(order["folder"]), order, tell)
    except InputError as error:
        return {"end": "refused", "text": printable(str(error).replace(order["folder"], ""))}
    except MemoryError:
        return {"end": "refused", "text": "There was not enough memory for it."}
    except Exception as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{type(error).__name__} in {Path(place.filename).name}, line {place.lineno}"
        return {"end": "failed", "text": f"Something went wrong in the program ({where})."}
    return {"end": "done", "text": ""}


def main() -> None:
    """Load the model named by the first argument and answer until stdin ends.

    The second argument is the memory in MB that a table may take, beside that of the libraries.
    """
    model, memory = sys.argv[1:]
    if sys.platform != "win32":
        os.nice(NICENESS)
        most = (int(memory) + LIBRARIES_MB) * MB
        resource.setrlimit(resource.RLIMIT_DATA, (most, most))
    with os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="ascii") as answers:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # libraries print

        def tell(**told: Any) -> None:
            answers.write(f"{json.dumps(told)}\n")
            answers.flush()

        try:
            tell(**transcripts.about(model))
        except InputError as error:
            tell(text=str(error))
            return
        for line in sys.stdin:
            tell(**answer(json.loads(line), tell))


if __name__ == "__main__":
    main()
