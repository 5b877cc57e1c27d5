"""Whether weights are those a model needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphkit.errors import InputError, shorten
from graphkit.training.distrust import RETRAIN

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from torch import Tensor


def check_shapes(
    expected: Mapping[str, tuple[int, ...]], tensors: Mapping[str, Tensor], *, file: str | Path
) -> None:
    """Refuse weights that are not those a model needs.

    Parameters
    ----------
    expected
        Shape by name.
    tensors
        What was read.
    file
        Where it came from, for the error.

    Raises
    ------
    InputError
        A tensor is missing, unknown or of another shape.

    Examples
    --------
    >>> import torch
    >>> check_shapes({"w": (2, 3)}, {"w": torch.zeros(3, 2)}, file="model")
    Traceback (most recent call last):
    graphkit.errors.InputError: model: the weights do not fit the configuration: w is 3 x 2, ...
    """
    problems = [f"{shorten(name)} is missing" for name in sorted(expected.keys() - tensors.keys())]
    problems += [f"{shorten(name)} is unknown" for name in sorted(tensors.keys() - expected.keys())]
    problems += [
        f"{shorten(name)} is {_times(tensors[name].shape)}, not {_times(shape)}"
        for name, shape in expected.items()
        if name in tensors and tuple(tensors[name].shape) != tuple(shape)
    ]
    if problems:
        more = f" and {len(problems) - 3} more" if len(problems) > 3 else ""
        raise InputError(
            f"the weights do not fit the configuration: {', '.join(problems[:3])}{more}",
            file=file,
            remedy=RETRAIN,
        )


def _times(shape: tuple[int, ...]) -> str:
    return " x ".join(map(str, shape)) or "a scalar"
