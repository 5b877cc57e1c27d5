"""Models whose explanation is known, or cheap, and sequences for them."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from graphkit.attribution import LogOdds
from graphkit.builders import DeBruijnBuilder, Region, RegionBuilder, Spectrum, edge_weights
from graphkit.methods import LncLoc, LncLocParams, SGCLLncLoc, SGCLLncLocParams

N_SIDE = 21
REGIONS = (Region(k=3), Region("5'", 12, k=2))
TEXT = "ACGGUACGUUAGCCAUGCAAGGCUUACGUAGCCAUUUACG"


class Linear(nn.Module):
    """Log-odds that are a known linear function of edge weights, node counts and side."""

    def __init__(self, regions: tuple[Region, ...] = REGIONS, *, seed: int = 0) -> None:
        super().__init__()
        generator = torch.Generator().manual_seed(seed)
        self.sizes = [4 ** (region.k + 1) for region in regions]
        self.edge = nn.Parameter(torch.randn(sum(self.sizes), generator=generator))
        self.node = nn.Parameter(0.1 * torch.randn(sum(self.sizes) // 4, generator=generator))
        self.side = nn.Parameter(torch.randn(N_SIDE, generator=generator))

    def logits(
        self,
        data: Spectrum,
        *,
        edge_weight: Tensor | None = None,
        node_count: Tensor | None = None,
        side: Tensor | None = None,
    ) -> Tensor:
        parts = data.edges.split(self.sizes, dim=1)
        weights = torch.cat([edge_weights(part) for part in parts], dim=1)
        weights = weights if edge_weight is None else edge_weight
        counts = data.nodes if node_count is None else node_count
        whole = data.side if side is None else side
        odds = weights @ self.edge + counts @ self.node + whole @ self.side
        return torch.stack([torch.zeros_like(odds), odds], dim=1)


class Raising(Linear):
    """Fails whenever it is asked."""

    def logits(self, data: Spectrum, **inputs: Tensor | None) -> Tensor:
        raise RuntimeError("no")


def linear(*seeds: int, regions: tuple[Region, ...] = REGIONS, kind: Any = Linear) -> LogOdds:
    """The log-odds of linear members."""
    return LogOdds(
        members=[kind(regions, seed=seed) for seed in seeds or (0,)],
        builder=RegionBuilder(regions),
        target=1,
        side_baseline=torch.full((N_SIDE,), 0.1),
    )


def lncloc(members: int = 2, *, classes: int = 2, target: int = 1) -> LogOdds:
    """The log-odds of LncLoc members with random weights, blown up so that they say something."""
    params = LncLocParams(five_prime=(30,), three_prime=(20,), dim=4, width=8, width_ends=4)
    networks = []
    for seed in range(members):
        torch.manual_seed(seed)
        network = LncLoc(tuple("abcd"[:classes]), params).eval()
        network.trunk[1].weight.data *= 3
        networks.append(network)
    return LogOdds(
        members=networks,
        builder=params.builder(),
        target=target,
        side_baseline=torch.zeros(N_SIDE),
    )


def sgcl(params: SGCLLncLocParams, *, members: int = 2) -> LogOdds:
    """The log-odds of SGCL-LncLoc members with random weights."""
    networks = []
    for seed in range(members):
        torch.manual_seed(seed)
        network = SGCLLncLoc(("a", "b"), params).eval()
        network.embedding.data.normal_()
        networks.append(network)
    return LogOdds(networks, SGCLLncLoc.builder(params), 1)


def random_codes(length: int, seed: int = 0) -> NDArray[np.uint8]:
    """Letters drawn at random."""
    return np.random.default_rng(seed).integers(4, size=length).astype(np.uint8)


def graph(codes: NDArray[np.uint8], k: int) -> Any:
    """The graph of a sequence."""
    return DeBruijnBuilder(k).build(codes)
