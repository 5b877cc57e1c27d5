"""Places of results, checked before the work and not after it."""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING

from graphkit.cli.output import refuse_overwriting
from graphkit.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

RESULT = (".h5ad",)
FIGURE = (".png", ".svg", ".pdf")


def check_place(
    path: Path | None,
    *,
    option: str,
    suffixes: tuple[str, ...] = (),
    others: Mapping[str, Path | None],
) -> None:
    """Raise InputError where a file cannot or should not be written.

    Parameters
    ----------
    path
        The file to come, which may be there already; None where none is wanted.
    option
        The option that named it.
    suffixes
        Endings it may have; any where none is given.
    others
        Files that must not be overwritten, by what to call them.

    Raises
    ------
    InputError
        Naming the file and what to do.
    """
    if path is None:
        return
    if path.is_dir():
        raise InputError("is a folder", file=path, slot=option, remedy="Give the name of a file.")
    if suffixes and path.suffix.lower() not in suffixes:
        raise InputError(
            f"does not end in {' or '.join(suffixes)}",
            file=path,
            slot=option,
            remedy=f"Call it {path.with_suffix(suffixes[0]).name}.",
        )
    refuse_overwriting(path, others)
    folder = path.resolve().parent
    if not folder.is_dir():
        raise InputError("is no folder", file=folder, slot=option, remedy="Make it first.")
    try:
        # Rights do not tell: a disk may be full or mounted for reading only.
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise InputError(
            f"cannot be written to ({error.strerror})",
            file=folder,
            slot=option,
            remedy="Choose a place you may write to.",
        ) from error
