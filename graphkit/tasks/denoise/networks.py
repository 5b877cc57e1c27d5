"""Train denoising networks, and ask them about every spot."""

from __future__ import annotations

import hashlib
from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from sklearn.utils.sparsefuncs import mean_variance_axis
from torch import Tensor

from graphkit.builders.spots import SpotInputs, ThinnedSpots
from graphkit.methods.spot_denoiser import DenoisingNetwork, make_network
from graphkit.omics import as_csr
from graphkit.omics.mapped import column_sums, is_mapped, new_array, row_blocks, too_large
from graphkit.training import choose_device

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray
    from scipy import sparse

    from graphkit.builders.neighbors.table import SpotTable
    from graphkit.methods.spot_denoiser import DenoiserParams

_BLOCK = 1024


def train_network(
    source: SpotInputs,
    table: SpotTable,
    params: DenoiserParams,
    *,
    seed: int,
    device: str = "auto",
    threads: int | None = None,
    progress: bool = False,
    name: str = "",
    run_dir: Path | None = None,
) -> DenoisingNetwork:
    """Train one network.

    Parameters
    ----------
    source
        Counts [n, G] of genes that occur, and which of them are read.
    table
        Neighbours of each spot.
    params
        The recipe.
    seed
        Of weights, molecules and batches.
    device, threads, progress, name
        As in :func:`graphkit.training.fit` and its settings.
    run_dir
        Folder of this training alone, which goes on from what is there.
    """
    # Reading and applying a model must not pay for the training loop.
    from graphkit.training import fit

    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed)
        network = make_network(len(source.inputs), source.counts.shape[1], params)
    mean, scale = _moments(source)
    frequencies = column_sums(source.counts) + 0.5
    network.set_statistics(
        torch.from_numpy(mean),
        scale,
        torch.from_numpy((frequencies / frequencies.sum()).astype(np.float32)),
    )
    fit(
        network,
        ThinnedSpots(source, table, params.n_sampled, seed),
        settings=params.training(len(table), device=device, threads=threads),
        seed=seed,
        run_dir=run_dir,
        resume=run_dir is not None,
        progress=progress,
        name=name,
    )
    return network


def digest(counts: sparse.csr_matrix) -> str:
    """Return what tells counts [n, G] from others, whatever their storage."""
    found = hashlib.sha256(str(counts.shape).encode())
    ordered = as_csr(counts, slot="X")
    for part, kind in (("indptr", np.int64), ("indices", np.int64), ("data", np.float32)):
        values = getattr(ordered, part)
        for block in row_blocks(values.shape, len(values)):
            found.update(values[block].astype(kind).tobytes())
    return found.hexdigest()


def run_name(trained_on: str, table: SpotTable, params: DenoiserParams) -> str:
    """Name all that networks are trained on: counts by their digest, neighbours and recipe."""
    told = hashlib.sha256(f"{trained_on} {params}".encode())
    for part in (table.index, table.mask, table.distance):
        told.update(part.tobytes())
    return told.hexdigest()[:16]


@dataclass(frozen=True)
class Denoised:
    """Embedding, smoothing and shares of the genes that several networks give to spots.

    Parameters
    ----------
    networks
        Copies in evaluation mode, on the device of `nodes`.
    nodes : list of Tensor [n, dim]
        Spots mixed with their neighbours, by each network.
    gates : list of Tensor [n]
        How far each network moves a spot towards its neighbours, 0 to 1.
    mapped
        Whether tables of all spots and genes are mapped, of whatever size.
    """

    networks: Sequence[DenoisingNetwork]
    nodes: Sequence[Tensor]
    gates: Sequence[Tensor]
    mapped: bool = False

    @property
    def latent(self) -> NDArray[np.float32]:
        """Mixed spots of all networks side by side, [n, M * dim]."""
        return np.hstack([nodes.cpu().numpy() for nodes in self.nodes])

    @property
    def smoothing(self) -> NDArray[np.float32]:
        """Mean gate of each spot, [n]."""
        mean: NDArray[np.float32] = np.mean([gate.cpu().numpy() for gate in self.gates], axis=0)
        return mean

    def rates(self) -> Iterator[tuple[slice, NDArray[np.float32]]]:
        """Yield blocks of spots and their shares of each gene, averaged over networks.

        Yields
        ------
        slice, ndarray of float32 [b, G]
            Rows add up to 1.
        """
        for block in _blocks(len(self.nodes[0])):
            rows = slice(int(block[0]), int(block[-1]) + 1)
            with torch.inference_mode():
                each = [
                    network.decode(nodes[rows]).exp()
                    for network, nodes in zip(self.networks, self.nodes, strict=True)
                ]
                rates = torch.stack(each).mean(dim=0).cpu().numpy()
            yield rows, rates

    def take(self, genes: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the rates of some genes, [n, len(genes)]."""
        table = np.zeros((len(self.nodes[0]), len(genes)), dtype=np.float32)
        for rows, block in self.rates():
            table[rows] = block[:, genes]
        return table

    def spread(self, columns: NDArray[np.int64], width: int) -> NDArray[np.float32]:
        """Return the rates in these columns of a table of `width`, and 0 elsewhere."""
        shape = len(self.nodes[0]), width
        table = new_array(shape, np.float32, mapped=self.mapped or too_large(shape[0] * width))
        for rows, block in self.rates():
            table[rows, columns] = block
        return table


def apply_networks(
    networks: Sequence[DenoisingNetwork],
    source: SpotInputs,
    table: SpotTable,
    *,
    device: str = "auto",
) -> Denoised:
    """Apply networks to spots, with all their molecules and all their neighbours.

    Copies of the networks do it, so that those given stay where and in the mode they are.
    """
    place = choose_device(device)
    copies = [deepcopy(network).to(place).eval() for network in networks]
    nodes, gates = zip(*(_mixed(one, source, table, place) for one in copies), strict=True)
    return Denoised(copies, nodes, gates, is_mapped(source.counts))


def _mixed(
    network: DenoisingNetwork, source: SpotInputs, table: SpotTable, place: torch.device
) -> tuple[Tensor, Tensor]:
    blocks, read = _blocks(len(table)), source.normalised()
    with torch.inference_mode():
        nodes = torch.cat(
            [network.encode(torch.from_numpy(read[rows].toarray()).to(place)) for rows in blocks]
        )
        mixes = [
            network.mix(
                nodes,
                *(
                    torch.from_numpy(part).to(place)
                    for part in (rows, table.index[rows], table.mask[rows], table.distance[rows])
                ),
            )
            for rows in blocks
        ]
        return torch.cat([mix.nodes for mix in mixes]), torch.cat([mix.gate for mix in mixes])


def _blocks(n: int) -> list[NDArray[np.int64]]:
    return [np.arange(start, min(start + _BLOCK, n)) for start in range(0, n, _BLOCK)]


def _moments(source: SpotInputs) -> tuple[NDArray[np.float32], float]:
    """Return the mean of each input, and the root of the mean variance over inputs."""
    read = source.normalised()
    mean, variance = mean_variance_axis(read, axis=0)
    return mean.astype(np.float32), float(np.sqrt(variance.mean())) or 1.0
