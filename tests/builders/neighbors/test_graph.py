import numpy as np
import pytest
import torch
from scipy import sparse

from graphkit.builders import KNN, neighbor_table
from graphkit.builders.neighbors.graph import Pairs, edges, neighbor_graph, row_mean, sparse_tensor
from graphkit.errors import InputError


def pairs(*triples):
    spot, neighbor, distance = zip(*triples, strict=True)
    return Pairs(np.array(spot), np.array(neighbor), np.array(distance, dtype=float))


def test_repeated_edges_and_self_loops_stand_once_and_not_at_all():
    graph = neighbor_graph(pairs((0, 1, 2.0), (0, 1, 2.0), (2, 2, 0.0), (1, 0, 2.0)), 3, params={})
    assert graph.connectivities.toarray().tolist() == [[0, 1, 0], [1, 0, 0], [0, 0, 0]]
    assert graph.n_neighbors.tolist() == [1, 1, 0]
    assert graph.connectivities.dtype == np.float32
    assert graph.distances.data.tolist() == [2.0, 2.0]


def test_distance_zero_is_an_edge_too():
    graph = neighbor_graph(pairs((0, 1, 0.0), (1, 0, 0.0)), 2, params={})
    assert graph.distances.nnz == graph.connectivities.nnz == 2


def test_edges_against_the_dense_formula():
    graph = KNN(3).graph(np.random.default_rng(0).random((12, 2)))
    index, weight = edges(graph)
    with_loops = graph.connectivities.toarray() + np.eye(12)
    degree = with_loops.sum(axis=1)
    expected = with_loops / np.sqrt(np.outer(degree, degree))
    found = np.zeros((12, 12))
    found[index[1], index[0]] = weight
    np.testing.assert_allclose(found, expected, rtol=1e-6)
    assert index.shape[1] == graph.connectivities.nnz + 12
    assert (index[0, -12:] == index[1, -12:]).all()


def test_edges_run_from_neighbour_to_spot():
    index, _ = edges(neighbor_graph(pairs((0, 1, 1.0)), 2, params={}))
    assert index[:, 0].tolist() == [1, 0]


def test_table_holds_every_neighbour_nearest_first():
    graph = KNN(4).graph(np.random.default_rng(1).random((20, 2)))
    index, mask = neighbor_table(graph.connectivities, distances=graph.distances)
    assert index.shape == (20, graph.n_neighbors.max())
    for spot in range(20):
        row = graph.distances[spot]
        expected = row.indices[np.argsort(row.data, kind="stable")]
        assert index[spot, mask[spot]].tolist() == expected.tolist()
        assert (index[spot, ~mask[spot]] == spot).all()


def test_narrow_table_keeps_the_nearest():
    graph = KNN(5).graph(np.random.default_rng(2).random((20, 2)))
    wide = neighbor_table(graph.connectivities, distances=graph.distances)[0]
    narrow, mask = neighbor_table(graph.connectivities, k=2, distances=graph.distances)
    assert mask.all()
    np.testing.assert_array_equal(narrow, wide[:, :2])


def test_isolated_spots_have_an_empty_row():
    index, mask = neighbor_table(sparse.csr_matrix((3, 3)), k=2)
    assert not mask.any()
    assert index.tolist() == [[0, 0], [1, 1], [2, 2]]
    assert neighbor_table(sparse.csr_matrix((3, 3)))[0].shape == (3, 0)


def test_table_refuses_what_does_not_fit():
    matrix = sparse.csr_matrix(np.array([[0, 1], [1, 0]]))
    with pytest.raises(InputError, match="k: is -1"):
        neighbor_table(matrix, k=-1)
    with pytest.raises(InputError, match="edges of the connectivities"):
        neighbor_table(matrix, distances=sparse.csr_matrix((2, 2)))


def test_isolated_spot_has_no_neighbour_part():
    graph = sparse.csr_matrix(np.array([[0, 1, 0], [1, 0, 0], [0, 0, 0]], dtype=float))
    assert row_mean(graph)[2].nnz == 0
    assert row_mean(graph).sum(axis=1).ravel().tolist() == [[1, 1, 0]]


def test_a_sparse_tensor_holds_the_same_numbers():
    matrix = sparse.random(4, 6, density=0.4, random_state=0, dtype=np.float32)
    assert sparse_tensor(matrix).dtype == torch.float32
    assert np.array_equal(sparse_tensor(matrix).to_dense().numpy(), matrix.toarray())
