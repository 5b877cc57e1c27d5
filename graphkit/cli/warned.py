"""Warnings as lines that a person can read."""

from __future__ import annotations

import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING

from graphkit.cli import console

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


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
            console.warn(text)

    with warnings.catch_warnings():
        warnings.simplefilter("always", UserWarning)
        warnings.showwarning = tell
        yield
