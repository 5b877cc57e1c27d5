"""Find models: those that ship by name, others by folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graphkit import tasks
from graphkit.errors import InputError
from graphkit.training.checkpoint import CONFIG, folder_sha256, read_config

if TYPE_CHECKING:
    from graphkit.tasks.localize.ensemble import Ensemble

# Estimators of graphkit.tasks that can be saved, by what config.json calls them.
_KINDS = (
    "SequenceClassifier",
    "SequenceRegressor",
    "SpatialDenoiser",
    "Domains",
    "GeneModules",
    "NearestIndex",
)

_HERE = Path(__file__).parent


@dataclass(frozen=True)
class ModelInfo:
    """A model that ships.

    Parameters
    ----------
    name
        What to call it.
    folder
        Where it is.
    summary
        One line of what it says.
    classes
        Class names.
    """

    name: str
    folder: Path
    summary: str
    classes: tuple[str, ...]


def models() -> list[ModelInfo]:
    """Return the models that ship, by name.

    Examples
    --------
    >>> [model.name for model in models()]
    ['lncloc']
    """
    found = []
    for path in sorted(_HERE.glob("*/config.json")):
        config = read_config(path.parent)
        found.append(
            ModelInfo(
                name=path.parent.name,
                folder=path.parent,
                summary=str(config.get("about", {}).get("summary", "")),
                classes=tuple(config.get("classes", ())),
            )
        )
    return found


def load_ensemble(name: str | Path) -> Ensemble:
    """Load the networks of a model of sequences, and no more than predicting needs.

    Parameters
    ----------
    name
        As in :func:`load`.

    Raises
    ------
    InputError
        As :func:`load` does, and if it is a model of something else.
    """
    from graphkit.tasks.localize.folder import read_folder

    return read_folder(folder_of(name))


def load(name: str | Path) -> Any:
    """Load a model by name, or from a folder.

    Parameters
    ----------
    name
        Name of a model that ships, or path of a model folder.

    Returns
    -------
    SequenceClassifier, SequenceRegressor, SpatialDenoiser, Domains, GeneModules or NearestIndex
        What was saved there.

    Raises
    ------
    InputError
        If there is no such model, or the folder is not a sound model of a known kind.

    Examples
    --------
    >>> load("lncloc").classes_
    array(['Cytoplasm', 'Nucleus'], dtype='<U9')
    """
    folder = folder_of(name)
    kind = read_config(folder).get("class")
    if kind not in _KINDS:
        raise InputError(
            f"unknown kind of model {kind!r}",
            file=folder / CONFIG,
            slot="class",
            remedy=f"This version of graphkit opens {', '.join(_KINDS)}.",
        )
    return getattr(tasks, kind).load(folder)


def sha256(name: str | Path) -> str:
    """Return the SHA-256 that stands for a model; `name` as in :func:`load`, which checks it."""
    return folder_sha256(folder_of(name))


def folder_of(name: str | Path) -> Path:
    """Return the folder of a model; `name` as in :func:`load`, which checks what is in it.

    Raises
    ------
    InputError
        If there is no such model.
    """
    shipped = {model.name: model.folder for model in models()}
    if str(name) in shipped:
        return shipped[str(name)]
    folder = Path(name)
    if not folder.exists():
        raise InputError(
            f"no model {str(name)!r}",
            slot="model",
            remedy=f"Give a model folder or one of: {', '.join(shipped)}.",
        )
    return folder
