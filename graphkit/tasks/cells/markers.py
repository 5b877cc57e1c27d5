"""Types of cells that are known by a list of marker genes alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from sklearn.mixture import GaussianMixture

from graphkit.errors import InputError, shorten
from graphkit.omics import column_moments, gene_index
from graphkit.tasks.cells.vote import CUT
from graphkit.tasks.nearest_index import NearestIndex

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from anndata import AnnData
    from numpy.typing import NDArray
    from scipy import sparse

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

# Marker genes that must be there; nearest cells whose signature counts as much as a cell's own.
_FEWEST, _NEAREST = 3, 10


def read_markers(path: Path) -> dict[str, list[str]]:
    r"""Read marker genes of types from a GMT file: type, description and genes, by tabs.

    Raises
    ------
    InputError
        If a line has no genes, or a type comes twice.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "types.gmt")
    ...     _ = path.write_text("beta\tislets\tINS\tIAPP\tMAFA\n")
    ...     read_markers(path)
    {'beta': ['INS', 'IAPP', 'MAFA']}
    """
    found: dict[str, list[str]] = {}
    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError("cannot be read as text", file=path, remedy=_REMEDY) from error
    for number, line in enumerate(lines, start=1):
        name, *rest = (cell.strip() for cell in line.split("\t"))
        if not name and not any(rest):
            continue
        genes = [gene for gene in rest[1:] if gene]
        if not genes or name in found:
            reason = f"{name!r} again" if name in found else "a type without genes"
            raise InputError(reason, file=path, record=f"line {number}", remedy=_REMEDY)
        found[name] = genes
    if not found:
        raise InputError("no types", file=path, remedy=_REMEDY)
    return found


_REMEDY = "A line is: type, description, gene, gene, ... with tabs between (GMT)."


def marker_columns(adata: AnnData, markers: Mapping[str, Sequence[str]]) -> dict[str, Ints]:
    """Return where the marker genes of each type are, in the capitals that find most.

    Raises
    ------
    InputError
        If fewer than three genes of a type are there.
    """
    found = {}
    for name, genes in markers.items():
        ways = [genes, [gene.upper() for gene in genes], [gene.capitalize() for gene in genes]]
        columns = max(
            (np.unique(gene_index(adata, way, missing="mark")) for way in ways),
            key=lambda one: (one >= 0).sum(),
        )
        found[name] = columns[columns >= 0]
        if len(found[name]) < _FEWEST:
            raise InputError(
                f"{len(found[name])} of its {len(genes)} genes are in the table, "
                f"{_FEWEST} are needed",
                slot=f"markers of {name}",
                remedy=f"Genes are called like {shorten(', '.join(adata.var_names[:3]), 100)}.",
            )
    return found


def marker_posterior(
    logged: sparse.csr_matrix, columns: Mapping[str, Ints], components: Floats, *, seed: int = 0
) -> Floats:
    """Return how likely each cell is of each type that markers describe, by the markers alone.

    A signature is the mean of the scaled markers less that of all genes, averaged with that of the
    nearest cells. Where it is high is told by a mixture of two normal distributions.

    Parameters
    ----------
    logged : csr_matrix [m, G]
        Log-normalised genes.
    columns
        Markers of T types.
    components : float [m, d]
        In which cells are near one another.
    seed
        Of the mixture.

    Returns
    -------
    float [m, T]
    """
    mean, deviation = column_moments(logged)
    # The mean of all scaled genes, without a dense table.
    every = (logged @ (1 / deviation) - (mean / deviation).sum()) / len(mean)
    near = min(_NEAREST + 1, len(components))
    index = NearestIndex("cosine", random_state=seed).add(components, np.zeros(len(components)))
    around = index.nearest(components, near).rows
    found = []
    for genes in columns.values():
        scaled = (logged[:, genes].toarray() - mean[genes]) / deviation[genes]
        signature = np.clip(scaled, -CUT, CUT).mean(axis=1) - every
        found.append(_high((signature + signature[around].mean(axis=1)) / 2, seed))
    return np.stack(found, axis=1)


def _high(scores: Floats, seed: int) -> Floats:
    """Return how likely each score is of the higher of two normal distributions."""
    if len(scores) < _FEWEST or np.ptp(scores) == 0:
        return np.zeros(len(scores))
    model = GaussianMixture(2, n_init=3, random_state=seed).fit(scores[:, None])
    means = model.means_.ravel()
    high = int(means.argmax())
    likely = np.asarray(model.predict_proba(scores[:, None])[:, high])
    # The wider of both is likelier at either end: beyond the means there is no way back.
    return np.where(scores > means.max(), 1.0, np.where(scores < means.min(), 0.0, likely))
