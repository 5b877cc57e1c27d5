"""Answers of finished blocks as files, so that a run that was stopped goes on where it was."""

from __future__ import annotations

import hashlib
import io
import pickle
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from graphkit.errors import InputError
from graphkit.reports.output import open_output

if TYPE_CHECKING:
    from pathlib import Path

    from graphkit.types import Record

# What answers are made of: nothing else in a file is ever called.
_PARTS = {
    "builtins": {"range"},
    "graphkit.motifs.track": {"Seqlet", "Track"},
    "graphkit.tasks.explain.explanation": {"Explanation"},
    "graphkit.types": {"Neighbor", "Prediction", "Record", "Scores", "Window"},
    "numpy": {"dtype", "ndarray"},
    "numpy._core.multiarray": {"_reconstruct", "scalar"},
    "numpy._core.numeric": {"_frombuffer"},
    "numpy.core.multiarray": {"_reconstruct", "scalar"},  # before numpy 2
    "numpy.core.numeric": {"_frombuffer"},
}


@dataclass(frozen=True, slots=True)
class Kept:
    """A folder with one file for each finished block.

    A file is called by the digest of all that its answers depend on, so another input, model or
    option finds none of them.

    Parameters
    ----------
    folder
        There already.
    key
        What the answers depend on beside the records.
    """

    folder: Path
    key: str

    def read(self, records: list[Record]) -> list[Any] | None:
        """Return the answers of a block, None where they are not there.

        Raises
        ------
        InputError
            If the file is damaged.
        """
        path = self._path(records)
        if not path.exists():
            return None
        try:
            found: list[Any] = _Reader(io.BytesIO(path.read_bytes())).load()
        except (pickle.UnpicklingError, EOFError, ValueError, TypeError) as error:
            raise InputError("is damaged", file=path, remedy="Delete it and run again.") from error
        return found

    def write(self, records: list[Record], answers: list[Any]) -> None:
        """Keep the answers of a block; the file is there whole or not at all."""
        with open_output(self._path(records)) as output:
            output.write(pickle.dumps(answers, protocol=5))

    def _path(self, records: list[Record]) -> Path:
        told = repr((self.key, records)).encode("utf-8", "surrogatepass")
        return self.folder / f"{hashlib.sha256(told).hexdigest()}.block"


class _Reader(pickle.Unpickler):
    """An unpickler that calls nothing but what answers are made of."""

    def find_class(self, module: str, name: str) -> Any:
        if name not in _PARTS.get(module, ()):
            raise pickle.UnpicklingError(f"{module}.{name} is no part of an answer")
        return super().find_class(module, name)
