"""Views of a batch are those of the whole graph."""

import torch

from graphkit.nn import GeneProjection, TwoViews


def graph(n=12, seed=0):
    generator = torch.Generator().manual_seed(seed)
    dense = (torch.rand(n, n, generator=generator) < 0.2).float()
    return ((dense + dense.T + torch.eye(n)) > 0).float() / 3


def test_two_hops_are_two_dense_products():
    torch.manual_seed(0)
    views = TwoViews(5, width=8, dim=4).eval()
    adjacency, x = graph(), torch.randn(12, 5)
    leaky = torch.nn.functional.leaky_relu
    hidden = leaky(adjacency @ views.first(x))
    hidden = leaky(adjacency @ views.second(hidden))
    slow = torch.nn.functional.normalize(views.out(hidden), dim=1)
    first, second = views(x, x, (adjacency.to_sparse(), adjacency.to_sparse()))
    assert torch.allclose(second, slow, atol=1e-6)
    assert torch.allclose(first.norm(dim=1), torch.ones(12))


def test_programmes_follow_the_gene_graph():
    torch.manual_seed(0)
    descriptors, adjacency = torch.randn(12, 3), graph(seed=1)
    module = GeneProjection(descriptors, adjacency.to_sparse(), dim=4, n_programmes=6).eval()
    spots = torch.randn(5, 4)
    genes = (adjacency @ descriptors @ module.genes.weight.T).relu()
    slow = torch.nn.functional.normalize(module.spots(spots) @ genes, dim=1)
    assert torch.allclose(module(spots), slow, atol=1e-6)
    assert sum(p.numel() for p in module.parameters()) == 6 * 3 + 12 * 4 + 12
