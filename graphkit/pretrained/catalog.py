"""Find models: those that ship by name, others by folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from graphkit.errors import InputError
from graphkit.training.checkpoint import read_config

if TYPE_CHECKING:
    from graphkit.tasks.localize.classifier import SequenceClassifier

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


def available() -> list[ModelInfo]:
    """Return the models that ship, by name.

    Examples
    --------
    >>> [model.name for model in available()]
    ['lncloc']
    """
    models = []
    for path in sorted(_HERE.glob("*/config.json")):
        config = read_config(path.parent)
        models.append(
            ModelInfo(
                name=path.parent.name,
                folder=path.parent,
                summary=str(config.get("about", {}).get("summary", "")),
                classes=tuple(config.get("classes", ())),
            )
        )
    return models


def load(name: str | Path) -> SequenceClassifier:
    """Load a model by name, or from a folder.

    Parameters
    ----------
    name
        Name of a model that ships, or path of a model folder.

    Raises
    ------
    InputError
        If there is no such model, or the folder is not a sound model.

    Examples
    --------
    >>> load("lncloc").classes_
    ('Cytoplasm', 'Nucleus')
    """
    from graphkit.tasks.localize.classifier import SequenceClassifier

    shipped = {model.name: model.folder for model in available()}
    if str(name) in shipped:
        return SequenceClassifier.load(shipped[str(name)])
    folder = Path(name)
    if not folder.exists():
        raise InputError(
            f"no model {str(name)!r}",
            slot="model",
            remedy=f"Give a model folder or one of: {', '.join(shipped)}.",
        )
    return SequenceClassifier.load(folder)
