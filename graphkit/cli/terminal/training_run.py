"""The folder beside a model in the making: what an interrupted training needs to go on."""

from __future__ import annotations

import hashlib
import json
import shutil
from typing import TYPE_CHECKING

from graphkit.errors import InputError
from graphkit.reports.output import open_output

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from graphkit.types import Record

IDENTITY = "run.json"


def fingerprint(records: Iterable[Record], labels: Iterable[str]) -> str:
    """Return a hash of the training set, order included.

    Examples
    --------
    >>> from graphkit.types import Record
    >>> a, b = Record("a", "ACG"), Record("b", "ACG")
    >>> fingerprint([a, b], "XY") == fingerprint([a, b], "YX")
    False
    """
    digest = hashlib.sha256()
    for record, label in zip(records, labels, strict=True):
        for text in (record.id, record.sequence, label):
            digest.update(text.encode("utf-8", errors="backslashreplace") + b"\0")
    return digest.hexdigest()


class TrainingRun:
    """The way from a model folder that is not there to one that is.

    Parameters
    ----------
    model
        The folder to make.
    resume
        Go on with an interrupted training of it.
    force
        Replace what is there.

    Raises
    ------
    InputError
        Where something is in the way that the options do not allow to replace.
    """

    def __init__(self, model: Path, *, resume: bool, force: bool) -> None:
        self.model = model
        self.folder = model.with_name(f"{model.name}.run")
        if resume and force:
            raise InputError("--resume and --force exclude each other", remedy="Choose one.")
        self._resume = resume
        if model.exists() and not (model / "config.json").is_file():
            raise InputError(
                "is there already and is no model", file=model, remedy="Choose another name for -o."
            )
        if model.exists() and not (resume or force):
            raise InputError(
                "is there already", file=model, remedy="Choose another name, or add --force."
            )
        if not model.parent.is_dir():
            raise InputError("is no folder", file=model.parent, remedy="Make it first.")
        if self.folder.exists() and not (resume or force):
            raise InputError(
                "an interrupted training left its state here",
                file=self.folder,
                remedy="Go on with --resume, or start again with --force.",
            )

    @property
    def finished(self) -> bool:
        """Whether there is a model and nothing left to resume."""
        return self._resume and self.model.exists() and not self.folder.exists()

    @property
    def interrupted(self) -> bool:
        """Whether there is something to resume."""
        return self._resume and (self.folder / IDENTITY).is_file()

    def begin(self, identity: dict[str, object]) -> None:
        """Make the folder, or make sure that it belongs to this very training.

        Parameters
        ----------
        identity
            What must not differ between the start and the resumption; plain JSON values.

        Raises
        ------
        InputError
            Where the interrupted training was another one.
        """
        if self.interrupted:
            self._check(identity)
            return
        self.discard()
        self.folder.mkdir()
        with open_output(self.folder / IDENTITY) as output:
            output.write(json.dumps(identity, indent=2).encode())

    def _check(self, identity: dict[str, object]) -> None:
        path = self.folder / IDENTITY
        try:
            before = json.loads(path.read_bytes())
        except ValueError as error:
            raise InputError("is damaged", file=path, remedy="Start again with --force.") from error
        for name, value in identity.items():
            if not isinstance(before, dict) or before.get(name) != value:
                raise InputError(
                    f"the interrupted training had another {name}",
                    file=path,
                    remedy="Repeat its command and its input, or start again with --force.",
                )

    def discard(self) -> None:
        """Remove the folder, if it is one of ours."""
        if not self.folder.exists():
            return
        if any(self.folder.iterdir()) and not (self.folder / IDENTITY).is_file():
            raise InputError(
                "is in the way and holds no training", file=self.folder, remedy="Move it away."
            )
        shutil.rmtree(self.folder)
