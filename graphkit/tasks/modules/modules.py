"""Gene modules of a tissue: genes that are expressed in the same places."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from graphkit.errors import InputError
from graphkit.methods.darlc import DARLCParams
from graphkit.omics import coordinates, highly_variable, libraries, raw_counts, writable
from graphkit.tasks.modules.fit import CANDIDATES, GeneModules, fit_modules

if TYPE_CHECKING:
    from anndata import AnnData
    from numpy.typing import NDArray
    from scipy import sparse

    from graphkit.methods.spot_denoiser import DenoiserParams

UNASSIGNED = "unassigned"
"""Module of the genes that were left out; ``var["<key>_note"]`` says why."""

RULE = (
    f"the smallest of {', '.join(map(str, CANDIDATES))} whose held-out log-density is within one "
    "standard error of the best"
)
# The consensus keeps a number for every pair of genes.
MAX_GENES = 10_000


def find_modules(
    adata: AnnData,
    *,
    n_modules: int | Literal["auto"] | None = "auto",
    layer: str | None = None,
    spatial_key: str = "spatial",
    library_key: str | None = None,
    key_added: str = "gene_module",
    n_top_genes: int = 3000,
    min_counts: int = 30,
    min_spots: int = 10,
    copy: bool = False,
    random_state: int = 0,
    device: str = "auto",
    progress: bool = False,
    params: DARLCParams | None = None,
    denoiser: DenoiserParams | None = None,
) -> AnnData | None:
    """Group genes into modules by their image over the tissue, after DARLC.

    Counts are denoised over the neighbour graph; gene images, z-scored so that abundance does not
    group them, are embedded by :class:`~graphkit.methods.darlc.DARLC`; Student's t mixtures
    cluster the embeddings of random halves of the molecules, and the modules are the consensus.

    Parameters
    ----------
    adata : AnnData [n, G]
        Raw counts and ``obsm[spatial_key]``. Gets ``varm["X_darlc"]`` float32 [G, D] (rows of
        length 1), ``var[key_added]`` (categorical: ``"module1"`` is the largest; ``"unassigned"``
        where a gene was left out), ``var[key_added + "_note"]`` (why), ``varm[key_added +
        "_probability"]`` float32 [G, K] (share of the clusterings in which a gene keeps company
        with each module) and ``uns[key_added]`` (settings). Rows of genes left out are NaN.
    n_modules
        How many, 2 or more; ``"auto"`` (or None) takes the smallest candidate within one standard
        error of the best held-out log-density.
    layer
        Layer of the raw counts; None for X.
    spatial_key, library_key
        Where the coordinates and the slide of each spot are.
    key_added
        Stem of the names of what is added.
    n_top_genes
        Only the most variable genes are grouped, at most 10,000: memory grows with their square.
    min_counts, min_spots
        Genes with fewer molecules, or found in fewer spots, are left out.
    copy
        Return a changed copy instead of changing `adata`.
    random_state
        Seed of everything random.
    device
        As in :class:`~graphkit.training.TrainSettings`.
    progress
        Show progress on stderr.
    params, denoiser
        Settings of the method and of the denoiser.

    Raises
    ------
    InputError
        If counts, coordinates or slides are unusable, a setting is out of range, or there are too
        few genes for the modules.
    """
    number = _number(n_modules)
    if not 1 <= n_top_genes <= MAX_GENES:
        raise InputError(
            f"is {n_top_genes}", slot="n_top_genes", remedy=f"Choose 1 to {MAX_GENES:,}."
        )
    counts = raw_counts(adata, layer=layer)
    points = coordinates(adata, spatial_key=spatial_key, library_key=library_key)
    library = libraries(adata, library_key=library_key).codes
    notes = left_out(
        counts, library, n_top_genes=n_top_genes, min_counts=min_counts, min_spots=min_spots
    )
    kept = np.flatnonzero(notes == "")
    adata = writable(adata, copy=copy)
    recipe = params or DARLCParams()
    found = fit_modules(
        counts[:, kept],
        points,
        n_modules=number,
        library=library,
        seed=random_state,
        params=recipe,
        denoiser=denoiser,
        device=device,
        progress=progress,
    )
    _write(adata, found, kept, notes, key_added)
    adata.uns[key_added] = {
        "params": asdict(recipe),
        "n_modules": found.probability.shape[1],
        "chosen": "given" if number else RULE,
        "held_out": {str(k): value for k, value in found.held_out.items()},
        "sizes": np.bincount(found.labels),
        "images": list(found.images),
        "layer": "X" if layer is None else layer,
        "min_counts": min_counts,
        "min_spots": min_spots,
        "n_top_genes": n_top_genes,
        "n_unassigned": int((notes != "").sum()),
        "seed": random_state,
    }
    return adata if copy else None


def left_out(
    counts: sparse.csr_matrix,
    library: NDArray[np.int64],
    *,
    n_top_genes: int,
    min_counts: int,
    min_spots: int,
) -> NDArray[np.str_]:
    """Return why each gene is left out, ``""`` where it is not.

    Parameters
    ----------
    counts : csr_matrix [n, G]
    library : int64 [n]
        Slide of each spot.
    n_top_genes, min_counts, min_spots
        As in :func:`find_modules`.
    """
    total = np.asarray(counts.sum(axis=0)).ravel()
    found_in = np.asarray((counts > 0).sum(axis=0)).ravel()
    notes = np.full(counts.shape[1], "", dtype="<U60")
    notes[found_in < min_spots] = f"found in fewer than {min_spots} spots"
    notes[total < min_counts] = f"fewer than {min_counts} molecules"
    kept = np.flatnonzero(notes == "")
    if len(kept) > n_top_genes:
        batch = library if library.any() else None
        top = kept[highly_variable(counts[:, kept], n_top_genes=n_top_genes, batch=batch)]
        notes[np.setdiff1d(kept, top)] = f"not among the {n_top_genes} most variable genes"
    return notes


def _number(n_modules: Any) -> int | None:
    if n_modules is None or (isinstance(n_modules, str) and n_modules == "auto"):
        return None
    whole = isinstance(n_modules, int | np.integer) and not isinstance(n_modules, bool)
    if not whole or n_modules < 2:
        raise InputError(f"is {n_modules!r}", slot="n_modules", remedy='Give 2 or more, or "auto".')
    return int(n_modules)


def _write(
    adata: AnnData,
    found: GeneModules,
    kept: NDArray[np.int64],
    notes: NDArray[np.str_],
    key: str,
) -> None:
    genes, number = adata.n_vars, found.probability.shape[1]
    names = [f"module{k + 1}" for k in range(number)]
    codes = np.full(genes, number)
    codes[kept] = found.labels
    used = [*names, UNASSIGNED] if len(kept) < genes else names
    adata.var[key] = pd.Categorical(np.array([*names, UNASSIGNED])[codes], categories=used)
    adata.var[f"{key}_note"] = notes.astype(object)
    for slot, values in (
        ("X_darlc", found.embedding),
        (f"{key}_probability", found.probability),
    ):
        table = np.full((genes, values.shape[1]), np.nan, dtype=np.float32)
        table[kept] = values
        adata.varm[slot] = table
