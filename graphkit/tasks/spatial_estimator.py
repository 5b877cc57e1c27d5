"""Share arguments and checked model folders among the estimators of tissues."""

from __future__ import annotations

import math
from abc import abstractmethod
from dataclasses import asdict, dataclass, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeVar

import torch

from graphkit.errors import InputError
from graphkit.omics import tell_origin
from graphkit.origin import Origin
from graphkit.tasks.estimator import Estimator
from graphkit.training import check_tensors, folder_sha256, load_model, save_model

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from anndata import AnnData
    from torch import Tensor, nn

_MAX_MEMBERS = 100
# Where a model computes is no property of the model.
_PLACES = ("device", "threads", "run_dir")

N = TypeVar("N", bound="nn.Module")


class SpatialEstimator(Estimator):
    """Base class of estimators of tissues; each keeps its recipe in `params`.

    Attributes
    ----------
    verb : str
        What it is in one word of :mod:`graphkit`.
    sha256 : str or None
        Of the folder it was loaded from.
    """

    verb: ClassVar[str]
    sha256: str | None = None
    params: Any

    @property
    @abstractmethod
    def recipe(self) -> Any:
        """The recipe: `params`, or the defaults."""

    def arguments(self) -> dict[str, Any]:
        """Return all arguments but where it computes, defaults filled in."""
        given = {**self.get_params(deep=False), "params": self.recipe}
        return {name: value for name, value in given.items() if name not in _PLACES}

    def tell_origin(self, adata: AnnData, key: str, **slots: Any) -> None:
        """Write how a result was made into `adata`; `slots` are what was read of it."""
        params = {**self.arguments(), **slots}
        seed = params.pop("random_state")
        origin = Origin(verb=self.verb, params=params, seed=seed, model_sha256=self.sha256)
        tell_origin(adata, key, origin)

    def save(self, folder: str | Path) -> None:
        """Write a model folder: ``config.json`` and ``model.safetensors``.

        Raises
        ------
        InputError
            If nothing is fitted, or the folder cannot be written.
        """
        fields, tensors, networks = self._stored()
        weights = {
            f"members.{number}.{name}": tensor
            for number, network in enumerate(networks)
            for name, tensor in network.state_dict().items()
        }
        plain = {
            name: asdict(value) if is_dataclass(value) and not isinstance(value, type) else value
            for name, value in self.arguments().items()
        }
        config = {"class": type(self).__name__, "arguments": plain, **fields}
        save_model(folder, config, {**weights, **tensors})

    @classmethod
    def load(cls, folder: str | Path, *, device: str = "auto") -> Self:
        """Read a model folder; nothing in it can run, and the model is not fitted again.

        Raises
        ------
        InputError
            If it is no sound model of this kind.
        """
        stored = StoredModel(Path(folder), *load_model(folder))
        model = cls(**stored.arguments(cls()), device=device)
        model._restore(stored)
        model._loaded, model.sha256 = True, folder_sha256(folder)
        return model

    @abstractmethod
    def _stored(self) -> tuple[dict[str, Any], dict[str, Tensor], Sequence[nn.Module]]:
        """Return JSON values, tensors and networks that :meth:`_restore` needs."""

    @abstractmethod
    def _restore(self, stored: StoredModel) -> None:
        """Take what was fitted from a folder."""


@dataclass(frozen=True)
class StoredModel:
    """What was read from a model folder; each value is checked when it is asked for.

    Parameters
    ----------
    folder
        For errors.
    config
        JSON values.
    tensors
        Weights of the networks, and others.
    """

    folder: Path
    config: Mapping[str, Any]
    tensors: dict[str, Tensor]

    def arguments(self, like: SpatialEstimator) -> dict[str, Any]:
        """Return the arguments of an estimator of the class of `like`, which has the defaults.

        Raises
        ------
        InputError
            If the folder holds a model of another class, or arguments are unusable.
        """
        kind, known = type(like).__name__, like.arguments()
        if self.config.get("class") != kind:
            raise self.error(f"is no {kind}", "class")
        return self._values(self.config.get("arguments"), known, "arguments")

    def names(self, slot: str) -> tuple[str, ...]:
        """Return a list of different names."""
        names = self.config.get(slot)
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise self.error("is no list of names", slot)
        if len(set(names)) < len(names):
            raise self.error("has a name twice", slot)
        return tuple(names)

    def text(self, slot: str) -> str:
        """Return a text."""
        value = self.config.get(slot)
        if not isinstance(value, str):
            raise self.error("is no text", slot)
        return value

    def positive(self, slot: str) -> float:
        """Return a finite number above 0."""
        value: Any = self.config.get(slot)
        if type(value) not in (int, float) or not 0 < value < math.inf:
            raise self.error("is no number > 0", slot)
        return float(value)

    def count(self, slot: str, *, most: int) -> int:
        """Return a whole number from 1 to `most`."""
        value = self.config.get(slot)
        if type(value) is not int or not 1 <= value <= most:
            raise self.error(f"is not 1 to {most}", slot)
        return value

    def tensor(self, slot: str, shape: tuple[int | None, ...], dtype: torch.dtype) -> Tensor:
        """Return a tensor that belongs to no network; None stands for any size above 0."""
        found = self.tensors.get(slot, torch.empty(0))
        fits = len(shape) == found.dim() and all(
            size == (found.shape[axis] or None if wanted is None else wanted)
            for axis, (size, wanted) in enumerate(zip(found.shape, shape, strict=True))
        )
        if not fits or found.dtype != dtype:
            raise self.error("missing, or of the wrong shape or type", slot, weights=True)
        return found

    def places(self, slot: str, size: int, *, shape: tuple[int | None, ...] = (None,)) -> Tensor:
        """Return whole numbers from 0 to below `size`."""
        found = self.tensor(slot, shape, torch.int64)
        if int(found.min()) < 0 or int(found.max()) >= size:
            raise self.error(f"outside 0 to {size - 1}", slot, weights=True)
        return found

    def networks(self, make: Callable[[int], N], count: int) -> list[N]:
        """Return networks in evaluation mode; they are compared before anything is allocated.

        Parameters
        ----------
        make
            Makes the network of a number.
        count
            Networks.
        """
        if not 1 <= count <= _MAX_MEMBERS:
            raise self.error(f"{count} networks", "members")
        with torch.device("meta"):
            networks = [make(number) for number in range(count)]
        expected = {
            f"members.{number}.{name}": tensor
            for number, network in enumerate(networks)
            for name, tensor in network.state_dict().items()
        }
        weights = {k: v for k, v in self.tensors.items() if k.startswith("members.")}
        check_tensors(expected, weights, file=self.folder / "model.safetensors")
        for number, network in enumerate(networks):
            prefix = f"members.{number}."
            state = {k.removeprefix(prefix): v for k, v in weights.items() if k.startswith(prefix)}
            network.load_state_dict(state, assign=True)
            network.eval()
        return networks

    def _values(self, values: Any, known: dict[str, Any], slot: str) -> dict[str, Any]:
        if not isinstance(values, dict) or set(values) != set(known):
            raise self.error("missing or unknown", slot)
        found = {}
        for name, value in values.items():
            default: Any = known[name]
            if is_dataclass(default):
                made: Any = type(default)
                found[name] = made(**self._values(value, vars(default), name))
            elif _like(value, default):
                # JSON has lists only.
                found[name] = tuple(value) if isinstance(value, list) else value
            else:
                raise self.error(f"{name} = {value!r}", slot)
        return found

    def error(self, reason: str, slot: str, *, weights: bool = False) -> InputError:
        """Return an error about a value of the configuration, or about a tensor."""
        name = "model.safetensors" if weights else "config.json"
        return InputError(reason, file=self.folder / name, slot=slot)


def _like(value: Any, default: Any) -> bool:
    if isinstance(default, tuple):
        return isinstance(value, list) and all(_like(one, default[0]) for one in value)
    if isinstance(default, float):
        return type(value) in (int, float) and math.isfinite(value)
    if default == "auto":
        return value == default or (type(value) is int and value > 0)
    return type(value) is type(default)
