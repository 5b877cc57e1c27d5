"""Labels of cells, as a column of ``obs`` has them."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from graphkit.errors import InputError, shorten
from graphkit.sequences.labels import is_missing

if TYPE_CHECKING:
    from anndata import AnnData
    from numpy.typing import NDArray


def types_of(adata: AnnData, label: str) -> NDArray[np.object_]:
    """Return the label of each cell, [n]; empty where it has none.

    Raises
    ------
    InputError
        If the column is missing, or fewer than two labels have two cells or more.

    Warns
    -----
    UserWarning
        If cells have no label, or a label a single cell.
    """
    if label not in adata.obs:
        raise InputError(
            "missing",
            slot=f"obs[{label!r}]",
            remedy=f"There are: {shorten(', '.join(map(str, adata.obs)), 200) or '(none)'}.",
        )
    column = adata.obs[label].astype(object)
    names = np.where(column.map(is_missing), "", column.astype(str)).astype(object)
    sizes = pd.Series(names[names != ""]).value_counts()
    if len(sizes) < 2:
        raise InputError(
            f"{len(sizes)} labels", slot=f"obs[{label!r}]", remedy="Two types are needed at least."
        )
    if (sizes > 1).sum() < 2:
        raise InputError(
            f"{(sizes > 1).sum()} of its {len(sizes):,} labels have two cells or more",
            slot=f"obs[{label!r}]",
            remedy="Give a column of types, each of several cells.",
        )
    if (names == "").any():
        warnings.warn(f"{(names == '').sum():,} cells have no {label}: left out", stacklevel=3)
    single = sorted(sizes.index[sizes == 1])
    if single:
        told = shorten(", ".join(single), 200)
        warnings.warn(f"types of one cell, which can hardly be told: {told}", stacklevel=3)
    return names
