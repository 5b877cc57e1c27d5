"""A denoiser as a folder: ``config.json`` and ``model.safetensors``, checked before use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from graphkit.methods.spot_denoiser import DenoiserParams, DenoisingNetwork, make_network
from graphkit.tasks.spatial_folder import (
    indices_in,
    load_networks,
    names_in,
    positive_in,
    read_networks,
    write_networks,
)

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
    write_networks(
        folder,
        _CLASS,
        stored.params,
        stored.members,
        fields={"genes": list(stored.genes), "target_sum": stored.target_sum},
        tensors={_INPUTS: torch.from_numpy(stored.inputs)},
    )


def read_denoiser(folder: Path) -> StoredDenoiser:
    """Read a model folder; shapes are compared with the file before anything is allocated.

    Raises
    ------
    InputError
        If it is not a sound denoiser.
    """
    config, params, tensors = read_networks(folder, _CLASS, DenoiserParams)
    file, weights = folder / "config.json", folder / "model.safetensors"
    genes, target = names_in(config, "genes", file), positive_in(config, "target_sum", file)
    inputs = indices_in(tensors, _INPUTS, len(genes), file=weights)
    del tensors[_INPUTS]
    members = load_networks(
        lambda _: make_network(len(inputs), len(genes), params),
        params.members,
        tensors,
        file=weights,
    )
    return StoredDenoiser(params, genes, inputs.numpy(), target, members)
