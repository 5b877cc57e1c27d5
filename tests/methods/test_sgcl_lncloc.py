"""SGCL-LncLoc: one network, two executions."""

import pytest
import torch
from torch.nn import functional
from torch_geometric.data import Batch

from graphkit.builders import DeBruijnBuilder
from graphkit.errors import InputError
from graphkit.methods import PAPER, SGCLLncLoc, SGCLLncLocParams

TEXTS = [
    "ACGUACGGUCAGGACUUACGAGCA",
    "GGGGGGGGGGGGGGGGGGGGAC",
    "ACGUGCNAGCUAGCUAGCAUUAGA",
    "AU" * 12,
]
CLASSES = ("Cytoplasm", "Nucleus")


def network(**changes: object) -> SGCLLncLoc:
    torch.manual_seed(0)
    params = SGCLLncLocParams(**{"k": 3, "embedding_dim": 6, "hidden": 8, **changes})
    method = SGCLLncLoc(CLASSES, params).eval()
    side = DeBruijnBuilder(params.k).build(TEXTS[0]).side
    return method.start_from(torch.randn_like(method.embedding), torch.cat([side, side + 1]))


@pytest.mark.parametrize("side", [True, False])
def test_fast_and_general_path_agree(side: bool) -> None:
    method, builder = network(side=side), DeBruijnBuilder(3)
    graphs = Batch.from_data_list([builder.build(text) for text in TEXTS])
    spectrum = builder.spectrum(TEXTS)
    torch.testing.assert_close(method.logits(spectrum), method.logits(graphs), atol=1e-5, rtol=0)
    torch.testing.assert_close(method.embed(spectrum), method.embed(graphs), atol=1e-5, rtol=0)
    single = torch.cat([method.logits(builder.build(text)) for text in TEXTS])
    torch.testing.assert_close(single, method.logits(graphs), atol=1e-5, rtol=0)


@pytest.mark.parametrize("path", ["fast", "general"])
def test_every_input_of_the_logit_can_be_given(path: str) -> None:
    method, builder = network(), DeBruijnBuilder(3)
    data = builder.spectrum(TEXTS[:1]) if path == "fast" else builder.build(TEXTS[0])
    plain = method.logits(data)
    given = {
        "x": method.embedding if path == "fast" else method.embedding[data.node_kmer],
        "node_count": data.nodes if path == "fast" else data.node_count,
        "side": data.side,
    }
    if path == "general":
        given["edge_weight"] = data.edge_weight
    for name, value in given.items():
        torch.testing.assert_close(method.logits(data, **{name: value}), plain)
        varied = value.detach().clone().requires_grad_()
        method.logits(data, **{name: varied})[0, 1].backward()
        assert varied.grad.abs().sum() > 0, name


def test_first_class_is_the_reference() -> None:
    logits = network().logits(DeBruijnBuilder(3).spectrum(TEXTS))
    assert not logits[:, 0].any()


def test_step_names_and_weighs_its_terms() -> None:
    method = network(contrast=0.5)
    data = DeBruijnBuilder(3).spectrum(TEXTS, y=[0, 1, 0, 1])
    terms = method.step(data)
    expected = functional.cross_entropy(method.logits(data), data.y)
    torch.testing.assert_close(terms["cross_entropy"], expected)
    contrast = method.contrast(method.projection(method.embed(data)), data.y)
    torch.testing.assert_close(terms["contrast"], 0.5 * contrast)
    assert set(network(contrast=0.0).step(data)) == {"cross_entropy"}


def test_side_features_are_scaled_by_training_data() -> None:
    method = network()
    assert method.side_mean[0] == pytest.approx(
        DeBruijnBuilder(3).build(TEXTS[0]).side[0, 0].item() + 0.5
    )
    torch.testing.assert_close(method.side_scale, torch.full_like(method.side_scale, 0.5))


def test_paper_is_the_published_shape() -> None:
    method = SGCLLncLoc(CLASSES, parity="paper")
    assert method.params == PAPER
    assert method.embedding.shape == (1024, 128)
    assert [tuple(c.lin.weight.shape) for c in method.encoder.convs] == [(256, 128), (256, 256)]
    assert method.classifier.linear.weight.shape == (1, 256)


def test_probabilities_sum_to_one() -> None:
    method = SGCLLncLoc(("A", "B", "C"), SGCLLncLocParams(k=2, hidden=4))
    probabilities = method.predict(DeBruijnBuilder(2).spectrum(TEXTS))
    torch.testing.assert_close(probabilities.sum(dim=1), torch.ones(len(TEXTS)))


def test_parity_is_paper_or_nothing() -> None:
    with pytest.raises(InputError, match="no parity 'exact'"):
        SGCLLncLoc(CLASSES, parity="exact")
    with pytest.raises(InputError, match="fixes the parameters"):
        SGCLLncLoc(CLASSES, PAPER, parity="paper")
