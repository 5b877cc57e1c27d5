"""Spots and cells in the worker: a verb with its defaults, the page of ``graphkit view``."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

from graphkit.errors import InputError, printable
from graphkit.origin import Origin
from graphkit.web.inputs import TABLE
from graphkit.web.limits import MB
from graphkit.web.results import SHOWN, write

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from anndata import AnnData

    from graphkit.tasks.costs import Cost

RESULT, PAGE = "result.h5ad", "page.html"
SEED = 0
# Estimates are within a factor of 1.5.
SURELY = 1.5


def annotate(folder: Path, order: Mapping[str, Any], tell: Callable[..., None]) -> None:
    """Do what is asked with the table of a folder: a table with the result, and two pages."""
    from graphkit.omics import write_adata
    from graphkit.omics.keys import ORIGIN

    verb, slots = order["verb"], dict(order["slots"])
    number = order["number"] and int(order["number"])
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always", UserWarning)
        tell(text="Reading the table")
        adata = _read(folder, order, slots)
        tell(text=f"Working on {adata.n_obs:,} rows and {adata.n_vars:,} genes")
        try:
            _fits(_cost(verb, adata), order)
            _apply(verb, adata, number, slots)
        except InputError as error:
            raise error.at(file=order["name"]) from error
    for made in adata.uns[ORIGIN].values():
        made.setdefault("input", order["name"])
    write_adata(adata, folder / RESULT)
    tell(text="Drawing the page")
    files = [(RESULT, "The table, .h5ad"), (PAGE, "This page, one file")]
    texts = [str(one.message).replace(f"{folder}/", "") for one in warned]
    _show(folder, adata, order, files, notes=list(dict.fromkeys(map(printable, texts))))


def view(folder: Path, order: Mapping[str, Any], tell: Callable[..., None]) -> None:
    """Make the pages of a table that has results."""
    slots = dict(order["slots"])
    tell(text="Reading the table")
    adata = _read(folder, order, slots)
    tell(text="Drawing the page")
    _show(folder, adata, order, [(PAGE, "This page, one file")])


def _read(folder: Path, order: Mapping[str, Any], slots: dict[str, Any]) -> AnnData:
    from graphkit.omics import read_spatial, require_known_slides
    from graphkit.omics.declared import check_declared

    path = folder / TABLE
    cells = order["verb"] == "cluster"
    try:
        check_declared(path, most=order["memory_mb"] * MB)
        if cells:
            return read_spatial(path, layer=slots["layer"], spatial_key=None)
        adata = read_spatial(path, **slots)
        keys = {name: slots[name] for name in ("spatial_key", "library_key")}
        require_known_slides(adata, **keys)
    except InputError as error:
        raise error.at(file=order["name"]) from error
    return adata


def _cost(verb: str, adata: AnnData) -> Cost:
    from graphkit.tasks import costs

    if verb == "denoise":
        return costs.denoising_cost(adata)
    if verb == "domains":
        return costs.domain_cost(adata, auto=True)
    if verb == "modules":
        return costs.module_cost(adata, auto=True)
    return costs.cluster_cost(adata, members=3)


def _fits(cost: Cost, order: Mapping[str, Any]) -> None:
    """Raise InputError where a run would be stopped anyway."""
    remedy = f"Use the command line: graphkit {order['verb']}."
    if cost.seconds > SURELY * order["seconds"]:
        takes, may = round(cost.seconds), order["seconds"]
        raise InputError(f"takes some {takes:,} seconds, here it may {may:,}", remedy=remedy)
    if cost.memory > order["memory_mb"] * MB:
        takes, may = round(cost.memory / MB), order["memory_mb"]
        raise InputError(f"takes some {takes:,} MB of memory, here it may {may:,}", remedy=remedy)


def _apply(verb: str, adata: AnnData, number: int | None, slots: Mapping[str, Any]) -> None:
    import graphkit

    if verb == "denoise":
        graphkit.denoise(adata, **slots, random_state=SEED)
    elif verb == "domains":
        graphkit.find_domains(adata, n_domains=number or "auto", **slots, random_state=SEED)
    elif verb == "modules":
        graphkit.find_modules(adata, n_modules=number or "auto", **slots, random_state=SEED)
    else:
        asked = number or "leiden"
        graphkit.cluster(adata, n_clusters=asked, layer=slots["layer"], random_state=SEED)


def _show(
    folder: Path,
    adata: AnnData,
    order: Mapping[str, Any],
    files: list[tuple[str, str]],
    notes: Sequence[str] = (),
) -> None:
    from graphkit.reports.pages import render
    from graphkit.reports.view import PAGE as VIEW
    from graphkit.reports.view import tissue_findings

    slots = order["slots"]
    origin = Origin(verb=order["verb"], params=slots, seed=SEED, input=order["name"])
    found = tissue_findings(adata, genes=(), photograph=False, random_state=SEED, **slots)
    more = {"files": files, "notes": notes}
    write(folder, PAGE, render(VIEW, origin=origin, **found))
    write(folder, SHOWN, render("web/tissue.html.jinja", origin=origin, **more, **found))
