"""Make one page of all results in a table, to send to a colleague."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphkit.errors import InputError
from graphkit.omics.keys import ORIGIN
from graphkit.origin import Origin
from graphkit.reports.pages import render
from graphkit.reports.tissue import (
    DENOISED,
    TOP_GENES,
    domain_picture,
    gene_picture,
    module_picture,
    ranking_picture,
    tissue_of,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from anndata import AnnData

    from graphkit.plots import Tissue

PAGE = "view.html.jinja"
DOMAIN, RANKING, MODULE = "domain", "rank_genes_groups", "gene_module"
CLUSTER, TYPE, LABEL, MAP = "cluster", "predicted", "suggested", "X_umap"
GENES_BY_DEFAULT = 8
MOST_SUSPICIOUS = 100


def view(
    adata: AnnData,
    *,
    genes: Sequence[str] = (),
    photograph: bool = False,
    layer: str | None = None,
    spatial_key: str = "spatial",
    library_key: str | None = None,
    random_state: int = 0,
) -> str:
    """Return a page of the results in a table: HTML in one file, without scripts.

    Parameters
    ----------
    adata : AnnData [n, G]
        With what ``denoise``, ``find_domains``, ``find_modules``, ``cluster``, ``annotate`` or
        ``check_labels`` wrote under its default name.
    genes
        Denoised genes to draw, by name, symbol or Ensembl id; those that gain most where none is
        named.
    photograph
        Whether images in ``uns["spatial"]`` lie beneath.
    layer, spatial_key, library_key
        Slots of the raw counts, the coordinates and the slides.
    random_state
        Of the genes that argue for each domain, where the table has no ranks of them yet.

    Raises
    ------
    InputError
        If there is no result, a gene is unknown, or counts or coordinates are unusable.
    """
    slots: dict[str, Any] = {"layer": layer, "spatial_key": spatial_key, "library_key": library_key}
    origin = Origin(verb="view", params={"genes": list(genes), **slots}, seed=random_state)
    found = tissue_findings(
        adata, genes=genes, photograph=photograph, random_state=random_state, **slots
    )
    return render(PAGE, origin=origin, **found)


def tissue_findings(
    adata: AnnData,
    *,
    genes: Sequence[str],
    photograph: bool,
    layer: str | None,
    spatial_key: str,
    library_key: str | None,
    random_state: int,
) -> dict[str, Any]:
    """Return what the page of a table shows, by the names of its template; as :func:`view`."""
    from graphkit.omics.genes import find_genes
    from graphkit.tasks.rank_genes import rank_genes

    cells = dict.fromkeys((CLUSTER, TYPE, LABEL), adata.obs)
    homes = {DOMAIN: adata.obs, DENOISED: adata.layers, MODULE: adata.var, **cells}
    found = [key for key, slots in homes.items() if key in slots and key in adata.uns]
    if not found:
        remedy = "Make one first: graphkit denoise, domains, modules, cluster or annotate."
        raise InputError("has no result to show", remedy=remedy)
    if genes and DENOISED not in found:
        remedy = "Leave out the genes, or run graphkit denoise first."
        raise InputError("missing", slot=f"layers[{DENOISED!r}]", remedy=remedy)
    places = find_genes(adata, list(genes))
    if unranked(adata):
        adata = adata.copy()
        rank_genes(
            adata,
            n_genes=TOP_GENES,
            layer=layer,
            spatial_key=spatial_key,
            library_key=library_key,
            random_state=random_state,
            device="cpu",
        )
    shown: dict[str, Any] = dict.fromkeys(("domains", "genes", "modules"))
    if not cells.keys() >= set(found):
        tissue = tissue_of(
            adata, spatial_key=spatial_key, library_key=library_key, photograph=photograph
        )
        shown = {
            "domains": _domains(adata, tissue) if DOMAIN in found else None,
            "genes": _genes(adata, tissue, places, layer) if DENOISED in found else None,
            "modules": _modules(adata, tissue, layer) if MODULE in found else None,
        }
    return {
        **shown,
        "n_spots": adata.n_obs,
        "n_genes": adata.n_vars,
        "clusters": _clusters(adata, random_state) if CLUSTER in found else None,
        "types": _types(adata, random_state) if TYPE in found else None,
        "labels": _labels(adata) if LABEL in found else None,
        "results": {key: dict(about) for key, about in adata.uns.get(ORIGIN, {}).items()},
    }


def unranked(adata: AnnData) -> int:
    """Return how many domains a table has whose genes it does not rank."""
    ranked = adata.uns.get(RANKING, {})
    if DOMAIN not in adata.obs or DOMAIN not in adata.uns:
        return 0
    if "table" in ranked and ranked["params"]["groupby"] == DOMAIN:
        return 0
    number = int(adata.obs[DOMAIN].nunique())
    return number if number > 1 else 0


def _domains(adata: AnnData, tissue: Tissue) -> dict[str, Any]:
    from graphkit.palette import group_colors
    from graphkit.plots import embedded

    column, ranked = adata.obs[DOMAIN].astype("category"), adata.uns.get(RANKING, {})
    colors = adata.uns.get(f"{DOMAIN}_colors", group_colors(len(column.cat.categories)))
    stability = adata.obs[f"{DOMAIN}_stability"].groupby(column, observed=False).mean()
    top: dict[str, list[str]] = {}
    if "table" in ranked:
        table = ranked["table"]
        up = table[table["direction"] == "up"]
        top = {
            str(name): best["symbol"].astype(str).head(TOP_GENES).tolist()
            for name, best in up.groupby("group", sort=False, observed=True)
        }
    return {
        "picture": embedded(domain_picture(adata, tissue, key=DOMAIN)),
        "ranking": embedded(ranking_picture(adata, key=RANKING)) if top else None,
        "smoothing": adata.uns[DOMAIN].get("smoothing"),
        "rows": [
            (str(name), color, int(size), float(stability[name]), top.get(str(name), []))
            for (name, size), color in zip(
                column.value_counts(sort=False).items(), colors, strict=True
            )
        ],
    }


def _genes(
    adata: AnnData, tissue: Tissue, genes: Sequence[int], layer: str | None
) -> list[tuple[str, str, str]]:
    """Return name, verdict and picture of each gene."""
    from graphkit.omics import gene_symbols
    from graphkit.omics.genes import most_told
    from graphkit.plots import embedded

    verdicts = adata.var.get("denoise_verdict")
    if not genes and verdicts is not None:
        genes = most_told(adata)[:GENES_BY_DEFAULT].tolist()
    return [
        (
            str(gene_symbols(adata)[place]),
            "" if verdicts is None else str(verdicts.iloc[place]),
            embedded(gene_picture(adata, tissue, [place], layer=layer)),
        )
        for place in genes
    ]


def _modules(adata: AnnData, tissue: Tissue, layer: str | None) -> dict[str, Any]:
    from graphkit.plots import embedded

    sizes = adata.var[MODULE].value_counts()
    again = adata.uns[MODULE]["reproducibility"]
    names = [f"module{i + 1}" for i in range(len(again))]
    return {
        "picture": embedded(module_picture(adata, tissue, key=MODULE, layer=layer)),
        "rows": [
            (name, int(sizes[name]), float(share)) for name, share in zip(names, again, strict=True)
        ],
    }


def _clusters(adata: AnnData, seed: int) -> dict[str, Any]:
    sure, meaning = f"{CLUSTER}_stability", "share of the clusterings that agree"
    return _on_a_map(adata, CLUSTER, sure, seed=seed, meaning=meaning)


def _types(adata: AnnData, seed: int) -> dict[str, Any]:
    found = _on_a_map(adata, TYPE, "confidence", seed=seed, meaning="how likely it is right")
    return {**found, **adata.uns[TYPE]}


def _on_a_map(adata: AnnData, key: str, sure: str, *, seed: int, meaning: str) -> dict[str, Any]:
    """Return a picture of groups of cells, and name, colour, size and mean of `sure` of each."""
    from graphkit.omics.maps import umap
    from graphkit.plots import embedded

    placed = adata[adata.obs[key].notna()].copy()
    if MAP not in placed.obsm:
        placed.obsm[MAP] = umap(placed.obsm[f"X_{key}"], seed=seed)
    sheet = tissue_of(placed, spatial_key=MAP, library_key=None)
    sizes = placed.obs[key].value_counts(sort=False)
    means = placed.obs.groupby(key, observed=False)[sure].mean()
    return {
        "picture": embedded(domain_picture(placed, sheet, key=key, sure=sure, meaning=meaning)),
        "rows": [
            (str(name), color, int(sizes[name]), float(means[name]))
            for name, color in zip(sizes.index, placed.uns[f"{key}_colors"], strict=True)
        ],
    }


def _labels(adata: AnnData) -> dict[str, Any]:
    """Return how many cells of each label are likely wrong, and the most suspicious of all."""
    given = adata.uns[LABEL]["label"]
    if given not in adata.obs:
        remedy = "Run graphkit check-labels again."
        raise InputError("missing", slot=f"obs[{given!r}]", remedy=remedy)
    cells = adata.obs[[given, LABEL, "suspicion"]].dropna()
    worst = cells.sort_values("suspicion", ascending=False, kind="stable").head(MOST_SUSPICIOUS)
    doubted = cells["suspicion"].groupby(cells[given].astype(str)).agg(["size", "sum"])
    return {
        **adata.uns[LABEL],
        "rows": [(name, int(size), float(wrong)) for name, size, wrong in doubted.itertuples()],
        "worst": list(worst[worst["suspicion"] > 0.5].itertuples(name=None)),
    }
