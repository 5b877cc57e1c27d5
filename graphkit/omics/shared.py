"""Genes that two tables share, whatever they call them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from graphkit.errors import InputError
from graphkit.omics.genes import _without_version
from graphkit.omics.keys import GENE_ID_COLUMNS, SYMBOL_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from anndata import AnnData
    from numpy.typing import NDArray

NAMES = "names"


class SharedGenes(NamedTuple):
    """Positions in two tables of the genes that they share, in the order of the first.

    Parameters
    ----------
    first, second : int64 [g]
        Positions in ``var``.
    how
        By which names: ``"names"``, a column of ``var``, and what was done to them.
    """

    first: NDArray[np.int64]
    second: NDArray[np.int64]
    how: str


def shared_genes(first: AnnData, second: AnnData, *, fewest: int = 20) -> SharedGenes:
    """Match the genes of two tables by name, symbol or Ensembl identifier.

    Versions of identifiers are left out. Where names in another case match half as many again,
    they are taken so, as mouse and human symbols ask for. A name that stands for several genes
    matches none.

    Parameters
    ----------
    first, second : AnnData
        Whose ``var`` names genes.
    fewest
        Genes that must be shared.

    Returns
    -------
    SharedGenes
        By the names that match most.

    Raises
    ------
    InputError
        If fewer than `fewest` are shared; both styles of names are shown.

    Examples
    --------
    >>> import anndata
    >>> import pandas as pd
    >>> human = anndata.AnnData(np.ones((1, 2)), var=pd.DataFrame(index=["INS", "GCG"]))
    >>> mouse = anndata.AnnData(np.ones((1, 2)), var=pd.DataFrame(index=["Gcg", "Pecam1"]))
    >>> shared_genes(human, mouse, fewest=1)
    SharedGenes(first=array([1]), second=array([0]), how='names, in any case')
    """
    found = [
        (len(pairs) / (1.5 if fold else 1.0), pairs, _told(*styles, fold=fold))
        for *styles, ours, theirs in _both(first, second)
        for fold in (False, True)
        for pairs in [_pairs(ours, theirs, fold=fold)]
    ]
    _, pairs, how = max(found, key=lambda one: one[0])
    if len(pairs) < fewest:
        styles = [", ".join(map(str, one.var_names[:3])) for one in (first, second)]
        raise InputError(
            f"{len(pairs)} genes are in both tables: names are like {styles[0]} in one "
            f"and {styles[1]} in the other",
            slot="var",
            remedy="Give both a column of symbols or of Ensembl identifiers, "
            "var['gene_name'] or var['gene_id'].",
        )
    positions = np.array(pairs, dtype=np.int64)
    return SharedGenes(positions[:, 0], positions[:, 1], how)


def _styles(adata: AnnData) -> Iterator[tuple[str, list[str]]]:
    names = [str(name) for name in adata.var_names]
    yield NAMES, [_without_version(name) or name for name in names]
    for column in (*SYMBOL_COLUMNS, *GENE_ID_COLUMNS):
        if column in adata.var:
            values = adata.var[column].astype(object)
            told = [str(value) for value in values.where(values.notna(), "")]
            yield f"var[{column!r}]", [_without_version(name) or name for name in told]


def _both(first: AnnData, second: AnnData) -> Iterator[tuple[str, str, list[str], list[str]]]:
    for one, ours in _styles(first):
        for other, theirs in _styles(second):
            yield one, other, ours, theirs


def _told(one: str, other: str, *, fold: bool) -> str:
    return (one if one == other else f"{one} and {other}") + (", in any case" if fold else "")


def _pairs(first: list[str], second: list[str], *, fold: bool) -> list[tuple[int, int]]:
    ours, theirs = (_unique(names, fold=fold) for names in (first, second))
    return [(at, theirs[name]) for name, at in ours.items() if name in theirs]


def _unique(names: list[str], *, fold: bool) -> dict[str, int]:
    table: dict[str, int] = {}
    again = set()
    for at, name in enumerate(names):
        key = name.casefold() if fold else name
        if key in table:
            again.add(key)
        table[key] = at
    return {key: at for key, at in table.items() if key and key not in again}
