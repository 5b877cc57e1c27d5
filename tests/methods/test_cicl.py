"""CICL: what the paper says, and not what its code does."""

import torch
from sklearn.metrics import adjusted_rand_score

from graphkit.losses import ClusterInfoNCE
from graphkit.methods import CICL, CICLParams
from graphkit.nn import GaussianNoise
from graphkit.training import Numbered, embed_all


def begun(cells, **parts):
    torch.manual_seed(0)
    method = CICL(cells.network(0), 3, CICLParams(**parts), data=cells.whole)
    method.begin(cells.thinned(0))
    return method


def test_terms_and_their_weights(few_cells):
    method = begun(few_cells, contrast=2.0, clusters=0.5, noise=0.0).eval()
    batch = Numbered(few_cells.whole)[[0, 1, 50, 90]]
    assert set(method.step(batch)) == {"counts", "instances"}
    method.refresh(2)
    terms = method.step(batch)
    assert set(terms) == {"counts", "instances", "clusters"}
    instances, clusters = method.strategies
    z = instances.head(method.embed(batch.batch))
    loss = ClusterInfoNCE(0.5)
    torch.testing.assert_close(terms["instances"], 2 * loss(z, ref_emb=z))
    y = clusters.labels[batch.items]
    torch.testing.assert_close(terms["clusters"], loss(z, y, ref_emb=z))


def test_lambda_of_nothing_leaves_the_clusters_out(few_cells):
    method = begun(few_cells, clusters=0.0)
    method.refresh(2)
    assert "clusters" not in method.step(Numbered(few_cells.whole)[[0, 1]])


def test_pseudo_labels_move_with_the_embedding_and_noise_is_drawn_anew(few_cells, truth):
    method = begun(few_cells)
    assert isinstance(method.method.corrupt, GaussianNoise)
    few_cells.train(method, few_cells.thinned(0), seed=0)
    labels = method.strategies[1].labels
    assert adjusted_rand_score(truth, labels) > 0.8
    batch = Numbered(few_cells.whole)[[0, 1]].batch
    method.train()
    assert not torch.allclose(method.embed(batch), method.embed(batch))


def test_a_graph_encoder_takes_part_by_argument(few_cells):
    from dataclasses import replace

    cells = replace(few_cells, recipe=replace(few_cells.recipe, encoder="gcn"))
    method = begun(cells)
    cells.train(method, cells.thinned(0), seed=0)
    assert embed_all(method.method, cells.whole).shape == (120, 6)
