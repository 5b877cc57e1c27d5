"""The state a training leaves after each epoch, so that it can be killed and go on."""

from __future__ import annotations

import hashlib
import io
import json
import logging
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from graphkit.errors import InputError
from graphkit.files import atomic_write

if TYPE_CHECKING:
    from graphkit.training.protocol import BatchDataset, Method
    from graphkit.training.settings import TrainSettings

_FORMAT = "graphkit training state 1"
_MAX_HEADER = 65_536
# Where a training runs may change between its parts; what it computes may not.
_FREE_SETTINGS = ("device", "threads")

_logger = logging.getLogger(__name__)


class _DamagedError(Exception):
    """A state file that cannot be read."""


def fingerprint(
    method: Method,
    train: BatchDataset,
    validation: BatchDataset | None,
    *,
    settings: TrainSettings,
    seed: int,
) -> dict[str, Any]:
    """Return what must be equal for one training to go on where another stopped.

    Returns
    -------
    dict
        JSON values by name. ``method`` is the class, its number of weights and a digest of their
        names and shapes.
    """
    shapes = {key: list(value.shape) for key, value in method.state_dict().items()}
    digest = hashlib.sha256(json.dumps(shapes, sort_keys=True).encode()).hexdigest()[:12]
    weights = sum(parameter.numel() for parameter in method.parameters())
    return {
        "method": f"{type(method).__qualname__} ({weights} weights, {digest})",
        "seed": seed,
        "train": len(train),
        "validation": 0 if validation is None else len(validation),
        **{
            f"settings.{key}": value
            for key, value in asdict(settings).items()
            if key not in _FREE_SETTINGS
        },
    }


class RunState:
    """A folder with the states of the last two epochs.

    A state file is one line of JSON (format, digest, fingerprint) and a ``torch.save`` archive. It
    is read only if its digest fits, and with ``weights_only=True``; the state of the epoch before
    is kept in case the newest is damaged, and leads to the same result.

    Parameters
    ----------
    folder
        Made if missing.
    identity
        Fingerprint of the training that is about to run.
    """

    def __init__(self, folder: Path, identity: dict[str, Any]) -> None:
        self.folder = Path(folder)
        self.identity = identity
        self.path = self.folder / "state.ckpt"
        self.previous = self.folder / "previous.ckpt"
        self.saved: dict[str, Any] | None = None

    def open(self, *, resume: bool) -> dict[str, Any] | None:
        """Make the folder ready and return the state to go on from, if there is one.

        Raises
        ------
        InputError
            The folder cannot be written, or its states are damaged or of another training.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            for leftover in self.folder.glob(".*.tmp"):
                # A kill in mid-write left it.
                leftover.unlink()
            if resume:
                self.saved = self._read()
            else:
                self.path.unlink(missing_ok=True)
                self.previous.unlink(missing_ok=True)
        except OSError as error:
            raise self._refusal(error) from error
        return self.saved

    def write(self, checkpoint: dict[str, Any]) -> None:
        """Save a state; the one that was newest becomes the previous one."""
        buffer = io.BytesIO()
        torch.save(checkpoint, buffer)
        payload = buffer.getbuffer()
        header = {
            "format": _FORMAT,
            "sha256": hashlib.sha256(payload).hexdigest(),
            "fingerprint": self.identity,
        }
        try:
            if self.path.exists():
                self.path.replace(self.previous)
            with atomic_write(self.path) as file:
                file.write(json.dumps(header).encode() + b"\n")
                file.write(payload)
        except OSError as error:
            raise self._refusal(error) from error

    def _read(self) -> dict[str, Any] | None:
        present = [path for path in (self.path, self.previous) if path.exists()]
        for path in present:
            try:
                return self._read_one(path)
            except _DamagedError as error:
                _logger.warning("%s is damaged (%s)", path, error)
        if present:
            raise InputError(
                "the saved state of the training is damaged",
                file=present[0],
                remedy="Train again without resume.",
            )
        return None

    def _read_one(self, path: Path) -> dict[str, Any]:
        with path.open("rb") as file:
            try:
                header = json.loads(file.readline(_MAX_HEADER))
                digest, theirs = header["sha256"], dict(header["fingerprint"])
            except (ValueError, TypeError, KeyError, RecursionError):
                raise _DamagedError("no header") from None
            payload = file.read()
        if header.get("format") != _FORMAT:
            raise _DamagedError(f"not a {_FORMAT!r}")
        if hashlib.sha256(payload).hexdigest() != digest:
            raise _DamagedError("the digest does not fit")
        self._compare(theirs)
        try:
            loaded = torch.load(io.BytesIO(payload), map_location="cpu", weights_only=True)
        except Exception as error:
            # torch raises whatever its parts raise; all of it means the same here.
            raise _DamagedError(f"unreadable: {type(error).__name__}") from error
        return dict(loaded)

    def _compare(self, theirs: dict[str, Any]) -> None:
        # Through JSON, as the saved one went: tuples are lists there.
        ours = json.loads(json.dumps(self.identity))
        differing = [
            f"{key} {theirs.get(key)!r} (now {ours.get(key)!r})"
            for key in sorted(theirs.keys() | ours.keys())
            if theirs.get(key) != ours.get(key)
        ]
        if differing:
            raise InputError(
                f"holds a training with other values: {', '.join(differing)}",
                file=self.folder,
                remedy="Use the same values, another folder, or train again without resume.",
            )

    def _refusal(self, error: OSError) -> InputError:
        return InputError(
            f"the state of the training cannot be kept here: {error.strerror or error}",
            file=self.folder,
            remedy="Choose a folder that can be written, on a disk with space.",
        )
