"""Genes by any of their names: symbols where a table is keyed by Ensembl, and the reverse."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING

import numpy as np

from graphkit.errors import InputError, shorten
from graphkit.omics.keys import GENE_ID_COLUMNS, SYMBOL_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from anndata import AnnData
    from numpy.typing import NDArray

_ENSEMBL = re.compile(r"^(ENS[A-Z]*G\d{6,})(?:\.\d+)?$")
AMBIGUOUS = -1

SUGGESTIONS = 3


def gene_index(
    adata: AnnData, names: Iterable[str], *, missing: str = "raise"
) -> NDArray[np.int64]:
    """Return where genes are in ``var``, by name, symbol or Ensembl identifier.

    Names are looked up in ``var_names``, then in a column of symbols, then in a column of
    identifiers; last without the version of an Ensembl identifier.

    Parameters
    ----------
    adata : AnnData [n, G]
        Whose ``var`` names the genes.
    names
        Genes to find, in the order wanted.
    missing
        ``"raise"``, or ``"mark"`` to return -1 for what is not there.

    Returns
    -------
    ndarray of int64
        One position per gene.

    Raises
    ------
    InputError
        If a gene is missing, or its name stands for several rows of ``var``.

    Examples
    --------
    >>> import anndata
    >>> import pandas as pd
    >>> var = pd.DataFrame({"gene_name": ["MBP", "PLP1"]}, index=["ENSG00000197971.17", "x"])
    >>> adata = anndata.AnnData(np.ones((1, 2)), var=var)
    >>> gene_index(adata, ["PLP1", "ENSG00000197971"]).tolist()
    [1, 0]
    """
    if missing not in ("raise", "mark"):
        raise InputError(f"is {missing!r}", slot="missing", remedy="Choose 'raise' or 'mark'.")
    names = [names] if isinstance(names, str) else list(names)
    tables = [_positions(column) for column in _columns(adata)]
    found = [next((table[name] for table in tables if name in table), None) for name in names]
    for name, position in zip(names, found, strict=True):
        if position == AMBIGUOUS:
            raise InputError(
                f"{name!r} stands for several genes",
                slot="var",
                remedy="Use unique names: adata.var_names_make_unique().",
            )
    absent = [name for name, position in zip(names, found, strict=True) if position is None]
    if absent and missing == "raise":
        raise InputError(
            f"no such genes: {shorten(', '.join(absent), 200)}",
            slot="var",
            remedy=f"Names are like {', '.join(map(str, adata.var_names[:3]))}.",
        )
    return np.array([-1 if position is None else position for position in found], dtype=np.int64)


def gene_symbols(adata: AnnData) -> NDArray[np.str_]:
    """Return the names to show: symbols where ``var_names`` are Ensembl identifiers.

    Parameters
    ----------
    adata : AnnData [n, G]
        Whose ``var`` names the genes.

    Returns
    -------
    ndarray of str [G]
        The name in ``var_names`` where there is no symbol.
    """
    names = np.asarray(adata.var_names, dtype=str)
    column = next((name for name in SYMBOL_COLUMNS if name in adata.var), None)
    keyed = np.array([_ENSEMBL.match(name) is not None for name in names], dtype=bool)
    if column is None or not keyed.any():
        return names
    values = adata.var[column].astype(object)
    known = values.notna().to_numpy() & (values.astype(str) != "").to_numpy()
    return np.where(keyed & known, values.astype(str).to_numpy(dtype=str), names)


def _columns(adata: AnnData) -> Iterator[Sequence[str]]:
    yield list(adata.var_names)
    for column in (*SYMBOL_COLUMNS, *GENE_ID_COLUMNS):
        if column in adata.var:
            values = adata.var[column].astype(object)
            yield [str(value) for value in values.where(values.notna(), "")]
    yield [_without_version(name) for name in adata.var_names]


def _without_version(name: str) -> str:
    match = _ENSEMBL.match(name)
    return match[1] if match else ""


def _positions(names: Sequence[str]) -> dict[str, int]:
    table: dict[str, int] = {}
    for position, name in enumerate(names):
        if name:
            table[name] = AMBIGUOUS if name in table else position
    return table


def most_told(adata: AnnData, *, stem: str = "denoise") -> NDArray[np.int64]:
    """Return the genes, [G], by what denoising tells of them.

    Those that are shown to gain come first, and of them those of most nats over all molecules.

    Parameters
    ----------
    adata : AnnData [n, G]
        With the columns that :func:`~graphkit.denoise` writes into ``var``.
    stem
        Of their names.
    """
    shown = (adata.var[f"{stem}_verdict"] == "yes").to_numpy()
    nats = adata.var[f"{stem}_gain"].to_numpy() * adata.var[f"{stem}_molecules"].to_numpy()
    return np.lexsort((-np.nan_to_num(nats), ~shown))


def find_genes(adata: AnnData, names: list[str], *, option: str = "--genes") -> list[int]:
    """Return where genes are in ``var``, or say what they may be called.

    Parameters
    ----------
    adata : AnnData [n, G]
        Whose genes are meant.
    names
        Names, symbols or Ensembl identifiers.
    option
        Where they were given.

    Raises
    ------
    InputError
        If a gene is not there, with the names closest to it.
    """
    found = []
    for name in names:
        try:
            found.append(int(gene_index(adata, [name])[0]))
        except InputError as error:
            close = _close(adata, name)
            remedy = f"Close to it: {', '.join(close)}." if close else error.remedy
            raise error.at(slot=option, remedy=remedy) from error
    return found


def _close(adata: AnnData, name: str) -> list[str]:
    # Names differ most often in case: MBP in human, Mbp in mouse.
    known = {str(symbol).lower(): str(symbol) for symbol in gene_symbols(adata)}
    return [known[match] for match in get_close_matches(name.lower(), known, SUGGESTIONS, 0.75)]
