"""Files that are there whole or not at all."""

from __future__ import annotations

import os
import secrets
import stat
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import BinaryIO


@contextmanager
def atomic_write(path: Path) -> Iterator[BinaryIO]:
    """Fill a file that takes the place of `path`, on the disk, when the block ends well.

    A reader sees the older file or the new one, never a part. Where `path` is a link, the file
    it points to is replaced; the rights of an older file are kept.

    Parameters
    ----------
    path
        Of a regular file, which need not exist; its folder does.

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
