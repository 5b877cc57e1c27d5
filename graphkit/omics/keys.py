"""The names of AnnData slots, each written once."""

from __future__ import annotations

SPATIAL = "spatial"
"""``obsm`` key of spot coordinates, and ``uns`` key of images and scale factors."""

CONNECTIVITIES = "spatial_connectivities"
"""``obsp`` key of the neighbour graph, as squidpy writes it."""

DISTANCES = "spatial_distances"
"""``obsp`` key of the distances along its edges."""

NEIGHBORS = "spatial_neighbors"
"""``uns`` key that says how the graph was made."""

ORIGIN = "graphkit"
"""``uns`` key under which the origin of each result stands, by the key of the result."""

ARRAY_ROW, ARRAY_COL, IN_TISSUE = "array_row", "array_col", "in_tissue"
"""``obs`` columns of capture-array spots."""

COORDINATES = (
    *(("x", "y"), ("X", "Y"), ("xcoord", "ycoord"), ("x_centroid", "y_centroid")),
    *(("center_x", "center_y"), ("CenterX_global_px", "CenterY_global_px")),
    ("pxl_col_in_fullres", "pxl_row_in_fullres"),
)
"""Columns of x and y, in ``obs`` or in a table of positions."""

SYMBOL_COLUMNS = (
    "gene_name",
    "gene_names",
    "gene_symbol",
    "gene_symbols",
    "symbol",
    "feature_name",
    "SYMBOL",
    "Symbol",
)
"""``var`` columns in which gene symbols are found in the wild, most telling first."""

GENE_ID_COLUMNS = ("gene_ids", "gene_id", "ensembl_id", "ensembl", "feature_id")
"""``var`` columns in which stable gene identifiers are found."""
