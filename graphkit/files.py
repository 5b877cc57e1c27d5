"""Files and folders that are there whole or not at all."""

from __future__ import annotations

import ctypes
import gzip
import os
import secrets
import shutil
import stat
import sys
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, cast

from graphkit.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import BinaryIO

# Arguments of Linux' renameat2(2): paths relative to the working directory; swap the two.
_AT_FDCWD = -100
_RENAME_EXCHANGE = 2


@contextmanager
def atomic_write(path: Path) -> Iterator[BinaryIO]:
    """Fill a file that takes the place of `path`, on the disk, when the block ends well.

    A reader sees the older file or the new one, never a part. Where `path` is a link, the file
    it points to is replaced; the rights of an older file are kept.

    Parameters
    ----------
    path
        Of a regular file, which need not exist; its folder does. Where it ends in ``.gz``, what is
        written is packed with gzip.

    Yields
    ------
    BinaryIO
        A file beside `path`; it is gone after the block, whatever happens in it.

    Raises
    ------
    OSError
        If the file cannot be written; an older one stays.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> path = Path(tempfile.mkdtemp()) / "x.txt"
    >>> with atomic_write(path) as file:
    ...     size = file.write(b"whole")
    >>> path.read_text()
    'whole'
    """
    target = path.resolve()
    draft = target.with_name(f".{secrets.token_hex(8)}.tmp")
    file: BinaryIO | None = None
    # A signal raises between any two calls, so also once the file is made and not yet known here.
    try:
        file = draft.open("xb")
        if path.suffix.lower() == ".gz":
            # Neither name nor time, so that the same bytes are packed to the same bytes.
            with gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0) as packed:
                yield cast("BinaryIO", packed)
        else:
            yield file
        file.flush()
        os.fsync(file.fileno())
        file.close()
        if target.exists():
            draft.chmod(stat.S_IMODE(target.stat().st_mode))
        draft.replace(target)
    except BaseException:
        try:
            _drop(file, draft)
        finally:  # again, where a signal broke that off
            _drop(file, draft)
        raise


def _drop(file: BinaryIO | None, draft: Path) -> None:
    with suppress(OSError):  # closing flushes, and what did not fit fails again
        if file is not None:
            file.close()
    with suppress(OSError):  # it was never made, or has its name already
        draft.unlink()


def write_file(path: Path, data: bytes) -> None:
    """Write a new file through to the disk.

    Parameters
    ----------
    path
        Must not exist yet.
    data
        What it holds.
    """
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def new_folder(path: Path) -> Iterator[Path]:
    """Fill a folder that takes the place of `path` when the block ends well.

    Yields
    ------
    Path
        An empty folder beside `path`; it is gone after the block, whatever happens in it.
    """
    temporary, aside = _sibling(path), _sibling(path)
    # A signal raises between any two calls, so also once the folder is made.
    try:
        temporary.mkdir()
        yield temporary
        _sync_folder(temporary)
        if not path.exists():
            temporary.rename(path)
        elif not _exchange(temporary, path):
            path.rename(aside)
            temporary.rename(path)
        _sync_folder(path.parent)
    finally:
        try:
            _tidy(path, temporary, aside)
        finally:  # again, where a signal broke that off
            _tidy(path, temporary, aside)


@contextmanager
def kept_beside(output: Path, kind: str) -> Iterator[Path]:
    """Keep a folder for parts of a result beside the file to come, until the block ends well.

    Parameters
    ----------
    output
        The file to come.
    kind
        Ends the folder's name; files in it that end so are removed.

    Raises
    ------
    InputError
        If the folder cannot be made.
    """
    folder = output.with_name(f"{output.name}.{kind}s")
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise InputError(
            f"cannot be made ({error.strerror})", file=folder, remedy="Write elsewhere."
        ) from error
    try:
        yield folder
        for part in folder.rglob(f"*.{kind}"):
            part.unlink()
    finally:
        # Parts that are left, or what somebody else put there, keep their folder.
        for emptied in (*folder.iterdir(), folder):
            with suppress(OSError):
                emptied.rmdir()


def _sibling(path: Path) -> Path:
    return path.parent / f".{path.name}.{secrets.token_hex(4)}.tmp"


def _exchange(one: Path, other: Path) -> bool:
    """Swap two folders in one step, where the system can; a kill finds either, never neither."""
    if not sys.platform.startswith("linux"):
        return False
    rename = getattr(ctypes.CDLL(None), "renameat2", None)
    if rename is None:
        return False
    done = rename(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE)
    return bool(done == 0)


def _tidy(path: Path, temporary: Path, aside: Path) -> None:
    """Bring an old folder back that no new one replaced, and remove the others."""
    shutil.rmtree(temporary, ignore_errors=True)
    if aside.exists() and not path.exists():
        aside.rename(path)
    shutil.rmtree(aside, ignore_errors=True)


def _sync_folder(path: Path) -> None:
    # A folder's own entries reach the disk separately; not every system can be asked for it.
    with suppress(OSError):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
