"""The names are squidpy's and scanpy's: their code finds what this package writes."""

from graphkit.builders import spatial_graph
from graphkit.omics import keys


def test_nothing_is_written_under_another_name(tissue):
    spatial_graph(tissue)
    assert set(tissue.obsp) == {keys.CONNECTIVITIES, keys.DISTANCES}
    assert set(tissue.uns) == {keys.NEIGHBORS, "graphkit"}
    assert tissue.uns["spatial_neighbors"]["connectivities_key"] == "spatial_connectivities"
    assert tissue.uns["spatial_neighbors"]["distances_key"] == "spatial_distances"
    assert {keys.IN_TISSUE, keys.ARRAY_ROW, keys.ARRAY_COL} <= set(tissue.obs)
    assert {"in_tissue", "array_row", "array_col"} <= set(tissue.obs)
