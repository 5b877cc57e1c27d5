"""The abundance network against a loop over nodes."""

import torch

from graphkit.builders import DeBruijnBuilder, OneHotKmers, edge_weights
from graphkit.nn import AbundanceGCN

K = 2
TEXTS = ["ACGUACGGUCAGGACUUACGAGCA", "GGGGGGGGGGGGAC", "ACNNGUA"]


def network() -> AbundanceGCN:
    torch.manual_seed(0)
    letters = torch.from_numpy(OneHotKmers(K)(torch.arange(4**K).numpy()))
    return AbundanceGCN(letters, dim=5, width=6, heads=2).eval()


def by_loop(gcn: AbundanceGCN, counts: torch.Tensor, count: torch.Tensor) -> torch.Tensor:
    n, total = len(count), count.sum().clamp(min=1)
    features = gcn.free + gcn.letters @ gcn.shared.weight.T + gcn.shared.bias
    level = ((count + 1) / (total + n) * n).log()
    features = features + level[:, None] * gcn.abundance
    # The bias belongs to each message here: a node's messages are conv(x) summed by weight.
    sent = features @ gcn.conv.weight.T + gcn.conv.bias
    out, into = counts.view(n, 4).sum(1), counts.view(4, n).sum(0)
    nodes = sent.clone()
    for e, c in enumerate(counts.tolist()):
        if c:
            u, v = e // 4, e % n
            nodes[v] = nodes[v] + c / (out[u] * into[v]).sqrt() * sent[u]
    nodes = nodes.relu()
    parts = [sum(count[v] / total * nodes[v] for v in range(n))]
    for head in range(2):
        raw = torch.stack(
            [count[v] / total * gcn.gate(nodes[v])[head].clamp(-8, 8).exp() for v in range(n)]
        )
        pooled = sum(raw[v] / raw.sum() * nodes[v] for v in range(n))
        parts.append(pooled @ gcn.value[head])
    return torch.cat(parts)


def test_equals_loop() -> None:
    gcn, spectrum = network(), DeBruijnBuilder(K).spectrum(TEXTS)
    total = spectrum.nodes.sum(dim=1, keepdim=True)
    got = gcn(edge_weights(spectrum.edges), spectrum.nodes, total)
    for row, counts, count in zip(got, spectrum.edges, spectrum.nodes, strict=True):
        torch.testing.assert_close(row, by_loop(gcn, counts, count))
    assert got.shape == (3, gcn.size)


def test_nothing_present_is_finite() -> None:
    gcn = network()
    assert gcn(torch.zeros(1, 64), torch.zeros(1, 16), torch.zeros(1, 1)).isfinite().all()


def test_counts_scale_shares_while_the_total_stays() -> None:
    gcn, spectrum = network(), DeBruijnBuilder(K).spectrum(TEXTS[:1])
    weights, total = edge_weights(spectrum.edges), spectrum.nodes.sum(dim=1, keepdim=True)
    count = spectrum.nodes.clone().requires_grad_()
    gcn(weights, count, total).sum().backward()
    assert count.grad.isfinite().all()
    assert (count.grad != 0).any()
