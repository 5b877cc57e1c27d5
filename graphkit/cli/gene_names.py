"""Genes as people type them."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from graphkit.errors import InputError

if TYPE_CHECKING:
    from anndata import AnnData

SUGGESTIONS = 3


def split_names(text: str | None) -> list[str]:
    """Return the names in a list with commas.

    Examples
    --------
    >>> split_names("MBP, PLP1,"), split_names(None)
    (['MBP', 'PLP1'], [])
    """
    return [] if text is None else [name.strip() for name in text.split(",") if name.strip()]


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
    from graphkit.omics import gene_index

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
    from graphkit.omics import gene_symbols

    # Names differ most often in case: MBP in human, Mbp in mouse.
    known = {str(symbol).lower(): str(symbol) for symbol in gene_symbols(adata)}
    return [known[match] for match in get_close_matches(name.lower(), known, SUGGESTIONS, 0.75)]
