"""SGCL-LncLoc: one network, two executions; what is fitted before it is trained."""

import numpy as np
import pytest
import torch
from torch.nn import functional
from torch_geometric.data import Batch

from graphkit.builders import DeBruijnBuilder, KmerWord2Vec, OneHotKmers, RegionBuilder, Spectrum
from graphkit.errors import InputError
from graphkit.losses import SupervisedContrast
from graphkit.methods import PAPER, SGCLLncLoc, SGCLLncLocParams
from graphkit.nn import GCNEncoder, make_readout
from graphkit.sequences import composition, encode

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


def test_parity_is_paper_or_nothing() -> None:
    with pytest.raises(InputError, match="no parity 'exact'"):
        SGCLLncLoc(CLASSES, parity="exact")
    with pytest.raises(InputError, match="fixes the parameters"):
        SGCLLncLoc(CLASSES, PAPER, parity="paper")


CODES = [encode(text * 3) for text in ("ACGUACGGUCAGG", "GGGGACUUAC", "AUAUCGAAUC")]
SMALL = {"k": 2, "embedding_dim": 6, "hidden": 4}


def fresh(seed: int = 0, **changes: object) -> SGCLLncLoc:
    params = SGCLLncLocParams(**{**SMALL, **changes})
    return SGCLLncLoc.fresh(CLASSES, params, CODES, y=[0, 1, 0], seed=seed)


@pytest.mark.parametrize(
    ("changes", "fixed"), [({}, True), ({"conv": "gat"}, False), ({"k": 7}, False)]
)
def test_which_path(changes: dict[str, object], fixed: bool) -> None:
    builder = SGCLLncLoc.builder(SGCLLncLocParams(**changes))
    assert isinstance(builder, RegionBuilder) is fixed


@pytest.mark.parametrize("conv", ["gcn", "gat"])
def test_inputs_carry_their_labels_in_the_form_of_the_path(conv: str) -> None:
    params = SGCLLncLocParams(**SMALL, conv=conv)
    data = SGCLLncLoc.inputs(CODES, params, y=[0, 1, 0])
    assert isinstance(data, Spectrum) is (conv == "gcn")
    batch = data[[2, 1]]
    assert batch.y.tolist() == [0, 1]
    assert SGCLLncLoc(CLASSES, params).eval().logits(batch).shape == (2, 2)


def test_one_hot_vectors_start_the_embedding() -> None:
    expected = OneHotKmers(2).fit(CODES)(np.arange(16))
    torch.testing.assert_close(fresh(features="one-hot").embedding.data, torch.tensor(expected))


def test_word_vectors_of_the_training_records_start_the_embedding() -> None:
    expected = KmerWord2Vec(2, dimension=6, seed=5).fit(CODES)(np.arange(16))
    found = fresh(seed=5, features="word2vec").embedding.data
    torch.testing.assert_close(found, torch.tensor(expected))


def test_side_features_are_scaled_by_the_training_records() -> None:
    side = np.stack([composition(codes) for codes in CODES])
    method = fresh(features="one-hot")
    np.testing.assert_allclose(method.side_mean, side.mean(axis=0), rtol=1e-5, atol=1e-6)
    scale = np.maximum(side.std(axis=0), 1e-6)
    np.testing.assert_allclose(method.side_scale, scale, rtol=1e-4, atol=1e-6)


def test_the_seed_decides_the_weights_and_the_callers_generator_stays() -> None:
    state = torch.random.get_rng_state()
    weights = [fresh(seed, features="one-hot").classifier.linear.weight for seed in (0, 0, 1)]
    assert torch.equal(torch.random.get_rng_state(), state)
    assert torch.equal(weights[0], weights[1])
    assert not torch.equal(weights[0], weights[2])


def test_encoder_and_contrast_can_be_given() -> None:
    encoder = GCNEncoder((6, 4, 4), readout=make_readout("mean", 4))
    contrast = SupervisedContrast(0.7)
    params = SGCLLncLocParams(**SMALL)
    method = SGCLLncLoc(CLASSES, params, encoder=encoder, contrast=contrast)
    assert (method.encoder, method.contrast) == (encoder, contrast)
    batch = SGCLLncLoc.inputs(CODES, params, y=[0, 1, 0])[[0, 1, 2]]
    assert set(method.step(batch)) == {"cross_entropy", "contrast"}
