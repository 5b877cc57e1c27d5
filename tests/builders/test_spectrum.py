"""Spectrum: data set and batch in one."""

import torch

from graphkit.builders import Spectrum


def spectrum(n: int = 4) -> Spectrum:
    return Spectrum(
        torch.arange(16.0 * n).view(n, 16), torch.arange(4.0 * n).view(n, 4), y=torch.arange(n)
    )


def test_indexing_takes_rows_of_everything() -> None:
    whole = spectrum()
    part = whole[[3, 1]]
    assert len(whole) == 4
    assert len(part) == 2
    assert torch.equal(part.edges, whole.edges[[3, 1]])
    assert torch.equal(part.nodes, whole.nodes[[3, 1]])
    assert part.y.tolist() == [3, 1]
    assert part.side is None


def test_to_keeps_values() -> None:
    moved = spectrum().to("cpu")
    assert torch.equal(moved.edges, spectrum().edges)
    assert moved.side is None
