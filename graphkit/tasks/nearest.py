"""Look up the nearest of what is known, in any embedding: cells, spots, transcripts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np

from graphkit.builders.neighbors.base import representation
from graphkit.errors import InputError
from graphkit.tasks.nearest_index import NearestIndex

if TYPE_CHECKING:
    import pandas as pd
    from anndata import AnnData

# What obsm holds to be looked at: distances there are no likeness.
_PICTURE = re.compile("spatial|umap|tsne|draw_graph|diffmap", re.IGNORECASE)


def index_adata(
    adata: AnnData,
    *,
    use_rep: str | None = None,
    label: str | None = None,
    metric: str = "euclidean",
    random_state: int = 0,
) -> NearestIndex:
    """Make an index of cells, spots or transcripts.

    Parameters
    ----------
    adata : AnnData [n, G]
        With an embedding.
    use_rep
        Key of ``obsm``, or ``"X"``. Where it is not given ``"X_pca"``, or else the only one that is
        no picture (a map, coordinates).
    label
        Column of ``obs`` that becomes the label; without it names do.
    metric, random_state
        As of :class:`NearestIndex`.

    Raises
    ------
    InputError
        If there is no such embedding or column, or several could be meant.
    """
    key = use_rep or _default_representation(adata)
    names = adata.obs_names.to_numpy()
    if label is not None and label not in adata.obs:
        raise InputError(
            "missing", slot=f"obs[{label!r}]", remedy=f"There are: {', '.join(adata.obs)}."
        )
    labels = names if label is None else adata.obs[label].astype(str).to_numpy()
    index = NearestIndex(metric, random_state=random_state)
    index.add(representation(adata, key).astype(np.float32), labels, neighbour=names)
    index.about_ = {"use_rep": key}
    return index


def nearest(
    reference: NearestIndex | AnnData,
    query: AnnData,
    *,
    n: int = 10,
    use_rep: str | None = None,
    **how: Any,
) -> pd.DataFrame:
    """Look up the nearest cells, spots or transcripts of a reference.

    Parameters
    ----------
    reference
        An index, or the AnnData to make one of.
    query : AnnData [m, G]
        With the same embedding: two PCAs are two spaces, even where both are ``X_pca``.
    n
        Neighbours of each.
    use_rep
        Of both, as in :func:`index_adata`; that of the index where it is not given.
    how
        `label`, `metric` and `random_state` of :func:`index_adata`, where `reference` is no index.

    Returns
    -------
    DataFrame [m n]
        ``query``, ``rank`` from 1, ``distance``, ``label``, and what else the index knows.

    Raises
    ------
    InputError
        As :func:`index_adata` and :meth:`NearestIndex.nearest`.

    Examples
    --------
    >>> from graphkit.omics import embedding_adata
    >>> import pandas as pd
    >>> cells = embedding_adata(np.eye(3, dtype=np.float32), pd.DataFrame({"id": ["a", "b", "c"]}))
    >>> nearest(cells, cells[:1], n=1, use_rep="X").values.tolist()
    [['a', 1, 0.0, 'a', 'a']]
    """
    index = reference
    if not isinstance(index, NearestIndex):
        index = index_adata(index, use_rep=use_rep, **how)
    key = use_rep or index.about_.get("use_rep") or _default_representation(query)
    found = index.nearest(representation(query, key).astype(np.float32), n)
    return index.table(found, query.obs_names.to_numpy())


def _default_representation(adata: AnnData) -> str:
    found = [key for key in adata.obsm if not _PICTURE.search(key)]
    if "X_pca" in found or len(found) == 1:
        return "X_pca" if "X_pca" in found else found[0]
    if not found:
        raise InputError(
            "no embedding in obsm",
            slot="use_rep",
            remedy="Give X, or a table with one, such as scanpy's pca or graphkit cluster writes.",
        )
    raise InputError(
        f"{len(found)} embeddings could be meant: {', '.join(found)}",
        slot="use_rep",
        remedy="Name one, or X.",
    )
