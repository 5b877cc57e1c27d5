"""Places of results, checked before the work and not after it."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from typing import TYPE_CHECKING

from graphkit.cli.terminal import console
from graphkit.errors import InputError
from graphkit.files import kept_beside
from graphkit.reports.output import refuse_overwriting

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

RESULT = (".h5ad", ".zarr")
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


def check_folder(
    folder: Path,
    *,
    marker: str,
    force: bool,
    inputs: Mapping[str, Path | None],
    option: str = "-o",
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
    option
        The option that named it.
    """
    if not folder.resolve().parent.is_dir():
        raise InputError("is no folder", file=folder.resolve().parent, remedy="Make it first.")
    if not folder.exists():
        return
    if not folder.is_dir():
        raise InputError("is a file", file=folder, remedy=f"Choose another name for {option}.")
    if not any(folder.iterdir()):
        return
    if not (folder / marker).is_file():
        raise InputError(
            f"is there already and holds other things than such results (no {marker})",
            file=folder,
            remedy=f"Choose another name for {option}.",
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


@contextmanager
def resumable(output: Path, kind: str) -> Iterator[Path]:
    """Keep parts of a result to come beside it, and say after an error that they are kept.

    Parameters
    ----------
    output, kind
        As in :func:`graphkit.files.kept_beside`.
    """
    with kept_beside(output, kind) as folder:
        try:
            yield folder
        except BaseException:
            if any(folder.rglob(f"*.{kind}")):
                console.note(f"What is done is in {folder}: the same command goes on from there.")
            raise
