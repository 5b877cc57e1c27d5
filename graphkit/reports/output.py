"""Write bytes to stdout, or to a file that is whole or not there."""

from __future__ import annotations

import errno
import json
import os
import sys
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, BinaryIO

from graphkit.errors import InputError
from graphkit.files import atomic_write

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from graphkit.origin import Origin

NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class Output:
    """Write bytes to one place, which the error of a failed write names.

    Parameters
    ----------
    stream
        Where the bytes go.
    name
        What to call it.
    """

    def __init__(self, stream: BinaryIO, name: Path | str) -> None:
        self._stream = stream
        self._name = name

    def write(self, data: bytes) -> None:
        """Write all of `data`; InputError where it does not fit."""
        try:
            self._stream.write(data)
        except OSError as error:
            self._explain(error)
            raise

    def flush(self) -> None:
        """Flush what was written; InputError where it does not fit."""
        try:
            self._stream.flush()
        except OSError as error:
            self._explain(error)
            raise

    def sync(self) -> None:
        """Sync what was written to the disk: some disks are full only then."""
        self.flush()
        try:
            os.fsync(self._stream.fileno())
        except OSError as error:
            self._explain(error)
            raise

    def _explain(self, error: OSError) -> None:
        if error.errno in NO_ROOM:
            raise _cannot_write(self._name, error) from error


@contextmanager
def open_output(path: Path | None) -> Iterator[Output]:
    """Open `path` for writing so that it is complete or not there at all.

    The bytes go to a file beside `path`, which takes its name when the block ends well. A device
    or a named pipe is written to directly, and None means stdout.

    Raises
    ------
    InputError
        Where `path` cannot be written or the disk is full.
    """
    if path is None:
        output = Output(sys.stdout.buffer, "standard output")
        yield output
        output.flush()
    elif path.is_dir():
        raise InputError("is a folder", file=path, remedy="Give the name of a file.")
    elif path.exists() and not path.is_file():
        with path.open("wb", buffering=0) as device:
            yield Output(device, path)
    else:
        with _replacing(path) as output:
            yield output


@contextmanager
def _replacing(path: Path) -> Iterator[Output]:
    with ExitStack() as stack:
        try:
            stream = stack.enter_context(atomic_write(path))
        except OSError as error:
            raise _cannot_write(path, error) from error
        output = Output(stream, path)
        yield output
        output.sync()


def write_origin(table: Path | None, origin: Origin) -> None:
    """Write how a table was made beside it, as ``TABLE.json``; beside stdout or a pipe nothing.

    Parameters
    ----------
    table
        What was written; None for stdout.
    origin
        How it was made.
    """
    if table is not None and table.is_file():
        with open_output(table.with_name(f"{table.name}.json")) as output:
            output.write(f"{json.dumps(origin.as_dict(), indent=2)}\n".encode())


def _cannot_write(path: Path | str, error: OSError) -> InputError:
    reason = f"cannot be written: {error.strerror or error}"
    if error.errno in NO_ROOM:
        return InputError(reason, file=path, remedy="Free some space or write elsewhere.")
    return InputError(reason, file=path, remedy="Choose a place you may write to.")


def refuse_overwriting(output: Path | None, inputs: Mapping[str, Path | None]) -> None:
    """Raise InputError where `output` is one of the files the command reads or writes.

    Parameters
    ----------
    output
        The file about to be written.
    inputs
        The other files, by what to call them.
    """
    if output is None or (output.exists() and not output.is_file()):
        return
    for name, other in inputs.items():
        if other is not None and _same_file(output, other):
            raise InputError(f"would overwrite {name}", file=output, remedy="Choose another name.")


def _same_file(one: Path, other: Path) -> bool:
    if one.exists() and other.exists():
        return one.samefile(other)
    return one.resolve() == other.resolve()
