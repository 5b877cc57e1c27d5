from itertools import combinations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphkit.errors import InputError
from graphkit.plots import kmer_neighbourhood, kmer_scores
from graphkit.plots.neighbourhood import grid_layout
from graphkit.sequences import encode


@given(st.text("ACGUN", max_size=40), st.integers(1, 4))
def test_scores_equal_a_loop(text, k):
    codes = encode(text)
    scores = np.arange(1.0, len(text) + 1)
    graph, found = kmer_scores(scores, codes, k)
    wanted, edges = {}, {}
    for start in range(len(text) - k + 1):
        word = text[start : start + k]
        if "N" not in word:
            wanted[word] = wanted.get(word, 0) + scores[start : start + k].sum() / k
            longer = text[start : start + k + 1]
            if len(longer) == k + 1 and "N" not in longer:
                pair = word, longer[1:]
                edges[pair] = edges.get(pair, 0) + 1
    assert found == pytest.approx(wanted)
    assert {(u, v): n for u, v, n in graph.edges(data="count")} == edges
    assert set(graph) == set(wanted)


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=25))
def test_no_two_boxes_share_a_place(edges):
    graph = nx.DiGraph([(str(u), str(v)) for u, v in edges if u != v])
    graph.add_node("alone")
    places = grid_layout(graph)
    assert set(places) == set(graph)
    assert len(set(places.values())) == len(places)
    assert min(x for x, _ in places.values()) == min(y for _, y in places.values()) == 0


def test_a_chain_is_a_row():
    graph = nx.DiGraph([("AAC", "ACG"), ("ACG", "CGU"), ("CGU", "GUA")])
    assert list(grid_layout(graph).values()) == [(0, 0), (1, 0), (2, 0), (3, 0)]


def test_a_ring_is_cut_once():
    places = grid_layout(nx.DiGraph([("a", "b"), ("b", "c"), ("c", "a")]))
    assert sorted(x for x, _ in places.values()) == [0, 1, 2]


def test_the_strongest_are_shown_and_none_overlap():
    generator = np.random.default_rng(0)
    codes = generator.integers(0, 4, 800).astype(np.uint8)
    graph, scores = kmer_scores(generator.normal(size=800), codes, 5)
    ax = kmer_neighbourhood(graph, scores, top=24)
    labels = [t for t in ax.texts if t.get_text()]
    shown = sorted(scores, key=lambda n: (-abs(scores[n]), n))[:24]
    assert sorted(t.get_text() for t in labels) == sorted(shown)
    ax.figure.draw_without_rendering()
    boxes = [t.get_bbox_patch().get_window_extent() for t in labels]
    assert not any(a.overlaps(b) for a, b in combinations(boxes, 2))
    width, height = ax.figure.canvas.get_width_height()
    assert all(b.x0 >= 0 and b.x1 <= width and b.y0 >= 0 and b.y1 <= height for b in boxes)


def test_self_loops_and_parallel_edges_are_no_trouble():
    graph = nx.MultiDiGraph([("AAA", "AAA"), ("AAA", "AAC"), ("AAA", "AAC")])
    ax = kmer_neighbourhood(graph, {"AAA": 1.0, "AAC": -2.0, "absent": 9.0}, title="x" * 200)
    assert len([t for t in ax.texts if t.get_text() == ""]) == 1
    assert len(ax.get_title("left")) <= 60


@pytest.mark.parametrize("scores", [{}, {"AAA": 0.0}])
def test_nothing_to_show_is_refused(scores):
    with pytest.raises(InputError, match="no k-mer"):
        kmer_neighbourhood(nx.DiGraph([("AAA", "AAC")]), scores)
