"""Genes behind a domain: by gradients, beside fold change and Moran's I."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import pandas as pd
import torch
from scipy import sparse

from graphkit.attribution.genes import GeneAttribution, SpotModel, gene_attribution
from graphkit.builders import GeneLoadings, NeighborGraph, spatial_graph
from graphkit.errors import InputError
from graphkit.omics import (
    coordinates,
    gene_symbols,
    groups,
    libraries,
    log_normalise,
    morans_i,
    placeless,
    raw_counts,
    require_known_slides,
    tell_origin,
    writable,
)
from graphkit.origin import Origin
from graphkit.tasks.domain_surrogate import fit_surrogate
from graphkit.tasks.domains.estimator import Domains
from graphkit.training import choose_device

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from anndata import AnnData
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

SURROGATE = (
    "surrogate: multinomial logistic regression of the labels on principal components of a spot "
    "and of the mean of its neighbours; not the model that found the domains"
)
OF_CELLS = (
    "surrogate: multinomial logistic regression of the labels on principal components; not what "
    "found the groups"
)
CONSENSUS = "consensus: log-posterior of the domains over the mixtures that found them"
BASELINE = "mean expression of the tissue at every spot"
# Enough for a completeness error below 1 %: of labels through a surrogate, of a consensus.
_STEPS = (32, 128)
_PSEUDOCOUNT = 0.01  # normalised counts


class GeneModel(SpotModel, Protocol):
    """A model of spots whose features are ``(expression - mean) @ loadings``."""

    @property
    def loadings(self) -> NDArray[np.floating]:
        """What turns centred expression into features, [G, F]."""

    @property
    def mean(self) -> NDArray[np.floating]:
        """Expression at which the features are 0, [G]."""


def rank_genes(
    adata: AnnData,
    *,
    groupby: str = "domain",
    key_added: str = "rank_genes_groups",
    model: Domains | GeneModel | None = None,
    layer: str | None = None,
    spatial_key: str = "spatial",
    library_key: str | None = None,
    n_genes: int | None = None,
    steps: int | None = None,
    copy: bool = False,
    random_state: int = 0,
    device: str = "auto",
) -> AnnData | None:
    """Rank the genes that tell each domain, by a spot's own expression and its neighbours'.

    Integrated gradients of a domain's log-odds against the rest, summed over the spots of the
    domain, from the mean expression to the expression there is. A gene's `own` part runs through
    the spots' own expression, its `neighbors` part through that of the spots around; over all genes
    ``own + neighbors`` is the mean rise of the log-odds, up to the `completeness_error` that is
    reported. A gene can argue by its absence: then its fold change is negative.

    Genes are ranked by their `marker`: the size of their score times the log2 fold change over the
    domain where they are highest but for this one; genes of two domains, or of a slope through all,
    come after those of this one alone. Genes that are lower inside than outside, and so argue by
    their absence, come after all others.

    With a :class:`~graphkit.tasks.Domains` the model that found the domains is explained.
    Without one the labels themselves are, through a small surrogate: ``uns[key_added]["params"]``
    says so in `model`, and in `agreement` how many of the labels it gives (the surrogate on spots
    held out). Cells of no place have no neighbours: all is their own, Moran's I is NaN.

    Parameters
    ----------
    adata : AnnData [n, G]
        Counts, ``obs[groupby]``, and of spots coordinates or their graph. Gets
        ``uns[key_added]``, which scanpy's ``sc.get.rank_genes_groups_df`` and
        ``sc.pl.rank_genes_groups`` read: `scores` are the markers, and p-values NaN, for there are
        none. Beside them stands ``"table"``, a data frame of one row per domain and gene, best
        first: its columns are in ``docs/slots.md``. A gene's `direction` is ``up`` where it is
        higher inside the domain than outside, `score` is ``own + neighbors`` per spot of the domain
        in log-odds, fold changes and means are of normalised counts, Moran's I is of log-normalised
        expression over the whole tissue. The neighbour graph, where there was none, is written as
        squidpy does.
    groupby
        Column of ``obs`` with the domains; spots without a value only serve as neighbours.
    key_added
        Key of ``uns``.
    model
        What is explained instead of a surrogate: a fitted
        :class:`~graphkit.tasks.Domains`, whose names `groupby` has, or a model of your
        own, whose features come from log-normalised counts of all genes and whose domains are the
        sorted values of `groupby`.
    layer
        Layer that holds the counts; None for X.
    spatial_key, library_key
        Where the coordinates and the slide of each spot are.
    n_genes
        Rows per domain; None keeps every gene that has a count. Of a domain where fewer are higher
        inside, the last rows are marked ``down``.
    steps
        Midpoints of the path; None for 128 where a `Domains` is explained, whose log-odds bend
        more, and else for 32.
    copy
        Return a changed copy instead of changing `adata`.
    random_state
        Seed of the principal components.
    device
        Where gradients are computed: ``"auto"``, ``"cpu"``, ``"cuda"``, ``"cuda:1"``. A `model` of
        your own must take tensors that are there. MPS has no float64: the CPU stands in for it.

    Raises
    ------
    InputError
        If the column is missing or names fewer than two domains, where counts or coordinates
        cannot be used, or where there is no such device.
    """
    place = choose_device(device)
    place = torch.device("cpu") if place.type == "mps" else place
    if n_genes is not None and n_genes < 1:
        raise InputError(f"is {n_genes}", slot="n_genes", remedy="Give at least 1, or None.")
    require_known_slides(adata, spatial_key=spatial_key, library_key=library_key)
    labels, names = groups(adata, groupby)
    counts = raw_counts(adata, layer=layer)
    adata = writable(adata, copy=copy)
    counted = np.asarray(counts.sum(axis=0)).ravel() > 0
    if counted.sum() < 2:
        slot = "X" if layer is None else f"layers[{layer!r}]"
        raise InputError(f"{counted.sum()} genes have counts", slot=slot, remedy="Give two.")
    expression = log_normalise(counts, target_sum=_target_sum(model, names))
    cells = model is None and placeless(adata, spatial_key=spatial_key)
    if cells:
        none = sparse.csr_matrix((adata.n_obs, adata.n_obs))
        graph = NeighborGraph(none, none, {"reused": "none: rows are cells of no place"})
    else:
        graph = spatial_graph(adata, spatial_key=spatial_key, library_key=library_key)
    params: dict[str, Any] = {
        "groupby": groupby,
        "reference": "rest",
        "method": "integrated gradients",
        "use_raw": False,
        "layer": layer,
        "corr_method": None,
        "baseline": BASELINE,
        "neighbors": graph.params.get("reused", "made anew"),
        "steps": steps or _STEPS[isinstance(model, Domains)],
        "n_spots": int((labels >= 0).sum()),
    }
    targets: Sequence[int] = range(len(names))
    if model is None:
        surrogate, _ = fit_surrogate(
            expression,
            labels,
            graph.connectivities,
            order=np.random.default_rng(random_state).permutation(adata.n_obs)
            if cells
            else _along(adata, spatial_key, library_key),
            seed=random_state,
        )
        params |= {"model": OF_CELLS if cells else SURROGATE, "agreement": surrogate.agreement}
        explained: GeneModel = surrogate.to(place)
    elif isinstance(model, Domains):
        targets = [model.classes_.index(name) for name in names]
        logits = model.on(adata, layer=layer, spatial_key=spatial_key, library_key=library_key)
        own = logits.logits(logits.features, logits.features).argmax(dim=1).numpy()
        given = np.append(targets, -1)[labels]
        params |= {"model": CONSENSUS, "agreement": float((own == given)[labels >= 0].mean())}
        explained = logits.to(place)
    else:
        params |= {"model": type(model).__name__}
        explained = model
    gene_names = tuple(map(str, adata.var_names))
    source = _source(explained, expression, gene_names)
    features = torch.from_numpy(source.features()).to(place)
    moran = morans_i(expression, graph.connectivities)
    means = _means(expression, labels, len(names))
    tables, errors = [], {}
    for number, (name, target) in enumerate(zip(names, targets, strict=True)):
        spots = np.flatnonzero(labels == number)
        parts = gene_attribution(
            explained, features, source, target=target, spots=spots, steps=params["steps"]
        )
        errors[name] = abs(parts.own.delta or 0.0) / max(abs(parts.f_x - parts.f_base), 1e-3)
        table = _table(parts, means, number=number, size=len(spots))
        table.insert(0, "group", name)
        table.insert(1, "gene", gene_names)
        table.insert(2, "symbol", np.asarray(gene_symbols(adata), dtype=str))
        table["morans_i"] = moran
        table["explained"] = params["model"].partition(":")[0]
        table.insert(3, "direction", np.where(table["log2_fold_change"] > 0, "up", "down"))
        table = table[counted].sort_values(
            ["direction", "marker"], ascending=False, kind="stable", ignore_index=True
        )
        table.insert(3, "rank", np.arange(1, len(table) + 1))
        tables.append(table if n_genes is None else table.head(n_genes))
    params["completeness_error"] = errors
    adata.uns[key_added] = {
        "params": params,
        **_as_scanpy_reads(dict(zip(names, tables, strict=True))),
        "table": pd.concat(tables, ignore_index=True),
    }
    asked = {"spatial_key": spatial_key, "library_key": library_key, "n_genes": n_genes}
    sha256 = model.sha256 if isinstance(model, Domains) else None
    asked |= {name: params[name] for name in ("groupby", "layer", "steps", "model")}
    origin = Origin(verb="rank_genes", params=asked, seed=random_state, model_sha256=sha256)
    tell_origin(adata, key_added, origin)
    return adata if copy else None


def _means(
    expression: sparse.csr_matrix, labels: NDArray[np.int64], n_domains: int
) -> tuple[Floats, Floats]:
    """Return mean normalised counts inside each domain and outside it, [K, G] both."""
    member = np.eye(n_domains)[labels] * (labels >= 0)[:, None]
    sums, sizes = (expression.expm1().T @ member).T, member.sum(axis=0)[:, None]
    return sums / sizes, (sums.sum(axis=0) - sums) / (sizes.sum() - sizes)


def _table(
    parts: GeneAttribution, means: tuple[Floats, Floats], *, number: int, size: int
) -> pd.DataFrame:
    inside, outside = means
    own = parts.own.project().values / size  # noqa: PD011
    neighbors = parts.neighbors.project().values / size  # noqa: PD011
    here, others, score = inside[number], outside[number], own + neighbors
    over_next = _log2_ratio(here, np.delete(inside, number, axis=0).max(axis=0))
    return pd.DataFrame(
        {
            "marker": np.abs(score) * over_next,
            "score": score,
            "own": own,
            "neighbors": neighbors,
            "log2_fold_change": _log2_ratio(here, others),
            "log2_fold_over_next": over_next,
            "mean_inside": here,
            "mean_outside": others,
        }
    )


def _as_scanpy_reads(tables: Mapping[str, pd.DataFrame]) -> dict[str, np.recarray[Any, Any]]:
    """Return one record array per statistic, a field for each domain."""
    statistics = {"names": "gene", "scores": "marker", "logfoldchanges": "log2_fold_change"}
    return {
        name: pd.DataFrame(
            {group: np.nan if column is None else part[column] for group, part in tables.items()},
            index=next(iter(tables.values())).index,
        ).to_records(index=False)
        for name, column in (statistics | dict.fromkeys(("pvals", "pvals_adj"))).items()
    }


def _log2_ratio(one: Floats, other: Floats) -> Floats:
    # What is added bounds the ratio of rare genes.
    return np.log2((one + _PSEUDOCOUNT) / (other + _PSEUDOCOUNT))


def _along(adata: AnnData, spatial_key: str, library_key: str | None) -> NDArray[np.float64]:
    """Return a place along the tissue for each spot: slide after slide, by x."""
    if spatial_key not in adata.obsm:
        return np.arange(adata.n_obs, dtype=np.float64)
    points = coordinates(adata, spatial_key=spatial_key, library_key=library_key)
    slide = libraries(adata, library_key=library_key).codes
    return slide * (np.ptp(points[:, 0]) + 1.0) + points[:, 0] - points[:, 0].min()


def _target_sum(model: Domains | GeneModel | None, names: tuple[str, ...]) -> float | None:
    """Return the total to which the model normalises; refuse one that cannot know these domains."""
    if not isinstance(model, Domains):
        return None
    reader = model.fitted("reader_")
    unknown = sorted(set(names) - set(model.classes_))
    if unknown:
        raise InputError(
            f"knows no domain {unknown[0]!r}",
            slot="model",
            remedy="Give the column that it wrote, or no model.",
        )
    if not reader.genes:
        raise InputError("reads an embedding, not genes", slot="model", remedy="Give no model.")
    return reader.target_sum


def _source(
    model: GeneModel, expression: sparse.csr_matrix, names: tuple[str, ...]
) -> GeneLoadings:
    loadings, mean = (np.asarray(part, dtype=np.float64) for part in (model.loadings, model.mean))
    if len(loadings) != expression.shape[1]:
        raise InputError(
            f"loadings of {len(loadings)} genes for {expression.shape[1]}",
            slot="model",
            remedy="Give a model of the same genes.",
        )
    return GeneLoadings(names, loadings, mean, expression)
