"""Print notes, errors and progress while a command runs, all on stderr."""

from __future__ import annotations

import sys
import threading
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)
from rich.text import Text

from graphkit.errors import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SECONDS_BEFORE_BAR = 2.0


def note(message: str) -> None:
    """Print one line of information."""
    _say(Text(printable(message)))


def hint(message: str) -> None:
    """Print one line for who waits at a terminal; logs and pipes get none."""
    if sys.stderr.isatty():
        note(message)


def warn(message: str) -> None:
    """Print one line that the user should not miss."""
    _say(Text("Warning: ", style="yellow").append(printable(message), style="default"))


def fail(message: str) -> None:
    """Print why the command ended."""
    _say(Text("Error: ", style="bold red").append(printable(message), style="not bold default"))


def _say(text: Text) -> None:
    # Made anew each time: sys.stderr may have been replaced since the last message.
    Console(stderr=True, highlight=False).print(text, soft_wrap=True)


@contextmanager
def progress(
    task: str,
    *,
    total: int | None = None,
    show: bool = True,
    timer: Callable[[float, Callable[[], None]], threading.Timer] = threading.Timer,
) -> Iterator[Callable[[], None]]:
    """Show a bar for work that takes more than two seconds, where stderr is a terminal.

    Parameters
    ----------
    task
        What is being done.
    total
        Number of steps, None where nobody knows.
    show
        False where the bar would disturb: the table itself goes to the terminal.
    timer
        Makes what calls a function after so many seconds.

    Yields
    ------
    callable
        To be called after each step.
    """
    if not (show and sys.stderr.isatty()):
        yield lambda: None
        return
    bar = Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
    )
    step = bar.add_task(task, total=total)
    # The bar starts by the clock and not with a step, since one step may take a minute.
    start = timer(SECONDS_BEFORE_BAR, bar.start)
    start.daemon = True
    start.start()
    try:
        yield lambda: bar.advance(step)
    finally:
        start.cancel()
        start.join()
        bar.stop()


@contextmanager
def told_warnings(reword: Callable[[str], str] = str) -> Iterator[None]:
    """Print each warning meant for users once, as one line, and no other warning.

    Warnings for programmers, such as those of deprecated functions, help nobody here.

    Parameters
    ----------
    reword
        Says a warning in the words of the command line.
    """
    told: set[str] = set()

    def tell(message: Warning | str, category: type[Warning], *_: object, **__: object) -> None:
        text = reword(" ".join(str(message).split()))
        if issubclass(category, UserWarning) and text not in told:
            told.add(text)
            warn(text)

    with warnings.catch_warnings():
        warnings.simplefilter("always", UserWarning)
        warnings.showwarning = tell
        yield
