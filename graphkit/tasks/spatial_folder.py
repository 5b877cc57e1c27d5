"""Networks of a spatial model as a folder, checked before any memory is taken."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any, TypeVar

import torch

from graphkit.errors import InputError
from graphkit.training import check_shapes, load_model, save_model

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from torch import Tensor, nn

_MAX_MEMBERS = 100

P = TypeVar("P")
N = TypeVar("N", bound="nn.Module")


def write_networks(
    folder: Path,
    kind: str,
    params: Any,
    networks: Sequence[nn.Module],
    *,
    fields: Mapping[str, Any],
    tensors: Mapping[str, Tensor],
) -> None:
    """Write networks, their parameters, further values and further tensors as a model folder.

    Raises
    ------
    InputError
        If it cannot be written.
    """
    config = {"class": kind, "params": asdict(params), "members": len(networks), **fields}
    weights = {
        f"members.{number}.{name}": tensor
        for number, network in enumerate(networks)
        for name, tensor in network.state_dict().items()
    }
    save_model(folder, config, {**weights, **tensors})


def read_networks(
    folder: Path, kind: str, params: type[P]
) -> tuple[dict[str, Any], P, dict[str, Tensor]]:
    """Return configuration, parameters and tensors of a model folder of this kind.

    Raises
    ------
    InputError
        If it is of another kind, or its parameters are unusable.
    """
    config, tensors = load_model(folder)
    file = folder / "config.json"
    if config.get("class") != kind:
        raise InputError(f"is no {kind}", file=file, slot="class")
    count, values, known = config.get("members"), config.get("params"), asdict(params())  # type: ignore[call-overload]
    if type(count) is not int or not 1 <= count <= _MAX_MEMBERS:
        raise InputError(f"{count!r} members", file=file, slot="members")
    if not isinstance(values, dict) or set(values) != set(known):
        raise InputError("parameters missing or unknown", file=file, slot="params")
    for name, value in values.items():
        if not _like(value, known[name]):
            raise InputError(f"{name} = {value!r}", file=file, slot="params")
    # JSON has lists only.
    given = {name: tuple(v) if isinstance(v, list) else v for name, v in values.items()}
    return config, params(**given), tensors


def load_networks(
    make: Callable[[int], N], count: int, tensors: Mapping[str, Tensor], *, file: Path
) -> list[N]:
    """Return networks with their weights; shapes are compared before anything is allocated.

    Parameters
    ----------
    make
        Makes the network of a number.
    count
        Networks.
    tensors
        Their weights and nothing else.
    file
        Where they come from, for errors.
    """
    with torch.device("meta"):
        networks = [make(number) for number in range(count)]
    expected = {
        f"members.{number}.{name}": tuple(tensor.shape)
        for number, network in enumerate(networks)
        for name, tensor in network.state_dict().items()
    }
    check_shapes(expected, tensors, file=file)
    for number, network in enumerate(networks):
        prefix = f"members.{number}."
        state = {k.removeprefix(prefix): v for k, v in tensors.items() if k.startswith(prefix)}
        network.load_state_dict(state, assign=True)
        network.eval()
    return networks


def names_in(config: Mapping[str, Any], slot: str, file: Path) -> tuple[str, ...]:
    """Return a list of names in a configuration."""
    names = config.get(slot)
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise InputError("is no list of names", file=file, slot=slot)
    return tuple(names)


def positive_in(config: Mapping[str, Any], slot: str, file: Path) -> float:
    """Return a finite number above 0 in a configuration."""
    value: Any = config.get(slot)
    if type(value) not in (int, float) or not 0 < value < float("inf"):
        raise InputError("is no number > 0", file=file, slot=slot)
    return float(value)


def indices_in(tensors: dict[str, Tensor], slot: str, size: int, *, file: Path) -> Tensor:
    """Return places below `size`; `slot` names their tensor."""
    places = tensors.get(slot, torch.empty(0))
    if places.dtype != torch.int64 or places.dim() != 1 or not 1 <= len(places) <= size:
        raise InputError("missing or of the wrong shape", file=file, slot=slot)
    if int(places.min()) < 0 or int(places.max()) >= size:
        raise InputError(f"outside 0 to {size - 1}", file=file, slot=slot)
    return places


def _like(value: Any, default: Any) -> bool:
    if isinstance(default, tuple):
        return isinstance(value, list) and all(_like(one, default[0]) for one in value)
    return type(value) is type(default) or (isinstance(default, float) and type(value) is int)
