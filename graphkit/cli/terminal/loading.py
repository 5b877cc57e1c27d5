"""Models on the device the user asked for; torch is imported only here and only when called."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from graphkit.cli.terminal import console

if TYPE_CHECKING:
    from graphkit.tasks import SequenceClassifier, SequenceRegressor
    from graphkit.tasks.localize.ensemble import Ensemble
    from graphkit.tasks.localize.model import SequenceModel


def load_ensemble(name: str, *, device: str, threads: int | None) -> Ensemble:
    """Load the networks of a model by its name or folder, and no more than predicting needs.

    Whoever waits at a terminal is told: the libraries that a model needs take seconds to load.

    Parameters
    ----------
    name
        As ``graphkit models`` lists it, or a folder.
    device, threads
        As the options of these names.

    Raises
    ------
    InputError
        Where there is no such model or device.
    """
    console.hint(f"Loading the model {name}")
    from graphkit import pretrained
    from graphkit.training import choose_device

    use_threads(threads)
    return pretrained.load_ensemble(name).to(choose_device(device))


def load_model(name: str, *, device: str, threads: int | None) -> SequenceModel:
    """Load a model as an estimator; the arguments are those of :func:`load_ensemble`."""
    ensemble = load_ensemble(name, device=device, threads=threads)
    from graphkit import tasks

    kind = tasks.SequenceClassifier if ensemble.quantity is None else tasks.SequenceRegressor
    return kind.of(ensemble)


def model_sha256(name: str) -> str:
    """Return the SHA-256 of a model that :func:`load_model` has checked."""
    from graphkit import pretrained

    return pretrained.sha256(name)


def untrained(
    method: str,
    *,
    k: int | None,
    members: int,
    seed: int,
    epochs: int | None,
    device: str,
    threads: int | None,
    progress: bool = False,
    value: str | None = None,
    devices: int = 1,
    nodes: int = 1,
) -> SequenceClassifier | SequenceRegressor:
    """Return a fresh estimator; `k` and `epochs` None are the method's own.

    Of a value if it has a name, else of classes.

    Raises
    ------
    InputError
        Where a parameter or the device makes no sense.
    """
    from graphkit import tasks
    from graphkit.training import choose_device

    use_threads(threads)
    recipe = tasks.find_method(method).recipe
    settings = replace(
        recipe,
        epochs=epochs or recipe.epochs,
        device=str(choose_device(device)),
        threads=threads,
        devices=devices,
        nodes=nodes,
    )
    given: dict[str, Any] = {
        "params": {} if k is None else {"k": k},
        "members": members,
        "random_state": seed,
        "settings": settings,
        "progress": progress,
    }
    if value is None:
        return tasks.SequenceClassifier(method, **given)
    return tasks.SequenceRegressor(method, name=value, **given)


def use_threads(threads: int | None) -> None:
    """Limit this process to `threads` for arithmetic; None leaves the number to torch."""
    if threads is None:
        return
    import torch

    torch.set_num_threads(threads)
