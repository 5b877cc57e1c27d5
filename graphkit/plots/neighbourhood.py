"""The strongest k-mers of a de Bruijn graph and how they follow one another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import networkx as nx
import numpy as np
from matplotlib.cm import ScalarMappable

from graphkit.errors import InputError, shorten
from graphkit.plots.colors import FAINT, INK, centred, diverging
from graphkit.plots.figure import axes_or_new
from graphkit.sequences import kmer_codes, kmer_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.axes import Axes
    from numpy.typing import NDArray

_COLUMN, _LANE = 1.15, 0.62  # inches between boxes
_SMALLEST = (4.0, 2.2)


def kmer_scores(
    scores: NDArray[np.float64], codes: NDArray[np.uint8], k: int
) -> tuple[nx.DiGraph, dict[str, float]]:
    """Return the de Bruijn graph of a transcript and the score of each of its k-mers.

    Parameters
    ----------
    scores : float [L]
        Position scores; NaN counts as 0.
    codes : uint8 [L]
    k
        Letters per node.

    Returns
    -------
    graph
        Nodes are the k-mers that occur, edges their successions, with ``count``.
    scores
        Of each k-mer: its share of the scores it covers, summed over its occurrences. A
        nucleotide's score is split over the k-mers that may cover it, k of them.

    Examples
    --------
    >>> from graphkit.sequences import encode
    >>> graph, found = kmer_scores(np.ones(4), encode("AACA"), 2)
    >>> sorted(graph.edges), found["AA"]
    ([('AA', 'AC'), ('AC', 'CA')], 1.0)
    """
    code, position = kmer_codes(codes, k)
    total = np.concatenate(([0.0], np.cumsum(np.nan_to_num(scores))))
    share = (total[position + k] - total[position]) / k
    names = [kmer_name(c, k) for c in code.tolist()]
    graph, found = nx.DiGraph(), dict.fromkeys(names, 0.0)
    graph.add_nodes_from(found)
    for name, value in zip(names, share.tolist(), strict=True):
        found[name] += value
    follows = np.flatnonzero(np.diff(position) == 1).tolist()
    for i in follows:
        before = graph.get_edge_data(names[i], names[i + 1], {"count": 0})["count"]
        graph.add_edge(names[i], names[i + 1], count=before + 1)
    return graph, found


def kmer_neighbourhood(
    graph: nx.DiGraph,
    scores: Mapping[str, float],
    *,
    top: int = 12,
    ax: Axes | None = None,
    title: str | None = None,
    unit: str = "log-odds",
) -> Axes:
    """Draw the strongest k-mers as boxes on a grid, arrows where one follows another.

    K-mers that follow one another stand in one row, left to right; rows belong together where
    arrows join them. A box is the darker the stronger, so a motif longer than k is a dark chain.

    Parameters
    ----------
    graph
        Nodes are k-mers; a multigraph's parallel edges are drawn once, its self-loops not at
        all: every node of a builder's graph has one.
    scores
        Signed score of each k-mer.
    top
        K-mers shown, by absolute score.
    ax
        To draw on; by default a new figure's, as large as the boxes need.
    title
        Of the axes.
    unit
        Of the scores.

    Raises
    ------
    InputError
        If no k-mer has a score other than 0.
    """
    ranked = sorted(scores, key=lambda name: (-abs(scores[name]), name))
    shown = [name for name in ranked[:top] if scores[name] != 0 and name in graph]
    if not shown:
        raise InputError("no k-mer has a score", slot="scores", remedy="Explain a record first.")
    part = nx.DiGraph()
    part.add_nodes_from(shown)
    part.add_edges_from((u, v) for u, v in graph.subgraph(shown).edges() if u != v)
    places = grid_layout(part)
    n_columns = max(x for x, _ in places.values()) + 1
    n_lanes = max(y for _, y in places.values()) + 1
    ax = axes_or_new(
        ax,
        width=max(_SMALLEST[0], _COLUMN * n_columns + 1.2),
        height=max(_SMALLEST[1], _LANE * n_lanes + 0.7),
    )
    norm, colours = centred([scores[name] for name in shown]), diverging()
    _draw_edges(ax, part, places)
    for name, (x, y) in places.items():
        shade = colours(norm(scores[name]))
        light = float(np.dot(shade[:3], (0.299, 0.587, 0.114))) > 0.55
        ax.text(
            x, -y, shorten(name, 12), ha="center", va="center", family="monospace", fontsize=9,
            color=INK if light else "white", zorder=3,
            bbox={"boxstyle": "round,pad=0.35", "facecolor": shade, "edgecolor": INK,
                  "linewidth": 0.6},
        )  # fmt: skip
    ax.set_xlim(-0.6, n_columns - 0.4)
    ax.set_ylim(-n_lanes + 0.3, 0.7)
    ax.set_axis_off()
    if title:
        ax.set_title(shorten(title, 60), fontsize=10, loc="left")
    bar = ax.figure.colorbar(ScalarMappable(norm, colours), ax=ax, fraction=0.04, pad=0.02)
    bar.set_label(f"score ({unit})", fontsize=8)
    bar.ax.tick_params(labelsize=8)
    return ax


def grid_layout(graph: nx.DiGraph) -> dict[str, tuple[int, int]]:
    """Give each node a column and a lane of its own: successors to the right, parts below.

    Examples
    --------
    >>> grid_layout(nx.DiGraph([("AAC", "ACG"), ("ACG", "CGU"), ("ACG", "CGA")]))
    {'AAC': (0, 0), 'ACG': (1, 0), 'CGA': (2, 0), 'CGU': (2, 1)}
    """
    places: dict[str, tuple[int, int]] = {}
    lane = 0
    parts = sorted(nx.weakly_connected_components(graph), key=lambda c: (-len(c), min(c)))
    for part in parts:
        column = _columns_of(graph.subgraph(part))
        filled: dict[int, int] = {}
        for name in sorted(part, key=lambda n: (column[n], n)):
            row = filled.get(column[name], 0)
            filled[column[name]] = row + 1
            places[name] = column[name], lane + row
        lane += max(filled.values())
    return places


def _columns_of(part: nx.DiGraph) -> dict[str, int]:
    """Column of each node: steps from where its part begins; loops are cut where they close."""
    column: dict[str, int] = {}
    starts = sorted(part, key=lambda n: (part.in_degree(n), n))
    for start in starts:
        if start in column:
            continue
        # A later start stands left of what it leads to, where that has a place already.
        known = [column[v] - 1 for v in part.successors(start) if v in column]
        column[start] = min(known) if known else 0
        queue = [start]
        while queue:
            node = queue.pop(0)
            for successor in sorted(part.successors(node)):
                if successor not in column:
                    column[successor] = column[node] + 1
                    queue.append(successor)
    least = min(column.values())
    return {name: value - least for name, value in column.items()}


def _draw_edges(ax: Axes, graph: nx.DiGraph, places: dict[str, tuple[int, int]]) -> None:
    for u, v in graph.edges():
        (x0, y0), (x1, y1) = places[u], places[v]
        # Arrows back, or over more than one column, bend round the boxes between.
        bend = 0.0 if x1 - x0 == 1 else 0.35
        ax.annotate(
            "", xy=(x1, -y1), xytext=(x0, -y0), zorder=1,
            arrowprops={"arrowstyle": "-|>", "color": FAINT, "shrinkA": 22, "shrinkB": 22,
                        "linewidth": 1.2, "connectionstyle": f"arc3,rad={bend}"},
        )  # fmt: skip
