"""Spectrum: data set and batch in one."""

import pytest
import torch

from graphkit.builders import Spectrum, edge_weights


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


def weights_by_loop(counts: torch.Tensor) -> torch.Tensor:
    n = len(counts) // 4
    out, into = torch.zeros(n), torch.zeros(n)
    for e, c in enumerate(counts):
        out[e // 4] += c
        into[e % n] += c
    return torch.stack(
        [c / (out[e // 4] * into[e % n]).sqrt() if c else c for e, c in enumerate(counts)]
    )


@pytest.mark.parametrize("k", [1, 2, 3])
def test_edge_weights_equal_loop(k: int) -> None:
    counts = torch.poisson(torch.full((3, 4 ** (k + 1)), 0.7))
    expected = torch.stack([weights_by_loop(row) for row in counts])
    torch.testing.assert_close(edge_weights(counts), expected)


def test_edge_weights_of_nothing_are_zero() -> None:
    assert not edge_weights(torch.zeros(2, 64)).any()
