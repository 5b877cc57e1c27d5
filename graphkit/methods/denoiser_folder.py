"""A denoiser as a folder: ``config.json`` and ``model.safetensors``, checked before use."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any

import torch

from graphkit.errors import InputError
from graphkit.methods.denoiser_network import DenoisingNetwork, make_network
from graphkit.methods.denoiser_params import DenoiserParams
from graphkit.training import check_shapes, load_model, save_model

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

_CLASS = "SpatialDenoiser"
_INPUTS = "inputs"


@dataclass(frozen=True)
class StoredDenoiser:
    """What a model folder holds.

    Parameters
    ----------
    params
        The recipe.
    genes
        Genes that are predicted, G of them.
    inputs : ndarray of int64 [F]
        Which of them are read.
    target_sum
        Total of every spot after normalisation.
    members
        Networks in evaluation mode.
    """

    params: DenoiserParams
    genes: tuple[str, ...]
    inputs: NDArray[np.int64]
    target_sum: float
    members: list[DenoisingNetwork]


def write_denoiser(folder: Path, stored: StoredDenoiser) -> None:
    """Write a model folder.

    Raises
    ------
    InputError
        If it cannot be written.
    """
    config = {
        "class": _CLASS,
        "params": asdict(stored.params),
        "genes": list(stored.genes),
        "target_sum": stored.target_sum,
    }
    tensors = {
        f"members.{number}.{name}": tensor
        for number, member in enumerate(stored.members)
        for name, tensor in member.state_dict().items()
    }
    save_model(folder, config, {**tensors, _INPUTS: torch.from_numpy(stored.inputs)})


def read_denoiser(folder: Path) -> StoredDenoiser:
    """Read a model folder; shapes are compared with the file before anything is allocated.

    Raises
    ------
    InputError
        If it is not a sound denoiser.
    """
    config, tensors = load_model(folder)
    file, weights = folder / "config.json", folder / "model.safetensors"
    if config.get("class") != _CLASS:
        raise InputError(f"is no {_CLASS}", file=file, slot="class")
    params = _params(config.get("params"), file)
    genes, target = config.get("genes"), config.get("target_sum")
    if not isinstance(genes, list) or not genes or not all(isinstance(g, str) for g in genes):
        raise InputError("is no list of genes", file=file, slot="genes")
    if not isinstance(target, int | float) or not 0 < target < float("inf"):
        raise InputError("is no number > 0", file=file, slot="target_sum")
    inputs = tensors.pop(_INPUTS, torch.empty(0))
    if inputs.dtype != torch.int64 or inputs.dim() != 1 or not 1 <= len(inputs) <= len(genes):
        raise InputError("missing or of the wrong shape", file=weights, slot=_INPUTS)
    if int(inputs.min()) < 0 or int(inputs.max()) >= len(genes):
        raise InputError("outside the genes", file=weights, slot=_INPUTS)
    with torch.device("meta"):
        members = [make_network(len(inputs), len(genes), params) for _ in range(params.members)]
    expected = {
        f"members.{number}.{name}": tuple(tensor.shape)
        for number, member in enumerate(members)
        for name, tensor in member.state_dict().items()
    }
    check_shapes(expected, tensors, file=weights)
    for number, member in enumerate(members):
        prefix = f"members.{number}."
        state = {k.removeprefix(prefix): v for k, v in tensors.items() if k.startswith(prefix)}
        member.load_state_dict(state, assign=True)
        member.eval()
    return StoredDenoiser(params, tuple(genes), inputs.numpy(), float(target), members)


def _params(values: Any, file: Path) -> DenoiserParams:
    known = {field.name: getattr(DenoiserParams(), field.name) for field in fields(DenoiserParams)}
    if not isinstance(values, dict) or set(values) != set(known):
        raise InputError("parameters missing or unknown", file=file, slot="params")
    for name, value in values.items():
        if type(value) is not type(known[name]) and type(value) is not int:
            raise InputError(f"{name} = {value!r}", file=file, slot="params")
    return DenoiserParams(**values)
