"""Folders of results: written beside and renamed at the end, so they are whole or not there."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from graphkit.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path


def check_folder(
    folder: Path, *, marker: str, force: bool, inputs: Mapping[str, Path | None]
) -> None:
    """Raise InputError where results cannot or should not take the place of `folder`.

    Parameters
    ----------
    folder
        The folder to make.
    marker
        Name of a file that every folder of such results holds. Another folder is never replaced,
        however much is forced: a slip of the pen would cost somebody's files.
    force
        Whether older results may be replaced.
    inputs
        The files the command reads, by what to call them.
    """
    if not folder.resolve().parent.is_dir():
        raise InputError("is no folder", file=folder.resolve().parent, remedy="Make it first.")
    if not folder.exists():
        return
    if not folder.is_dir():
        raise InputError("is a file", file=folder, remedy="Choose another name for -o.")
    if not any(folder.iterdir()):
        return
    if not (folder / marker).is_file():
        raise InputError(
            f"is there already and holds other things than such results (no {marker})",
            file=folder,
            remedy="Choose another name for -o.",
        )
    if not force:
        raise InputError(
            "is there already", file=folder, remedy="Choose another name, or add --force."
        )
    for name, path in inputs.items():
        if path is not None and path.resolve().is_relative_to(folder.resolve()):
            raise InputError(f"would be replaced with {name} in it", file=folder)


@contextmanager
def result_folder(folder: Path) -> Iterator[Path]:
    """Fill a folder that takes the place of `folder` when the block ends well.

    Parameters
    ----------
    folder
        Passed by :func:`check_folder`.

    Yields
    ------
    Path
        An empty folder beside it; gone after the block, whatever happens in it.
    """
    # The module that writes folders lives beside the trainer, whose room imports torch.
    from graphkit.files import new_folder

    with new_folder(folder.resolve()) as draft:
        yield draft
