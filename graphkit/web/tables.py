"""Run the verbs for spots and cells in the worker, and make the page of ``graphkit view``."""

from __future__ import annotations

import warnings
from functools import partial
from typing import TYPE_CHECKING, Any

from graphkit.errors import InputError, printable
from graphkit.origin import Origin
from graphkit.web.inputs import CELLS, REFERENCE, TABLE
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
    """Run a verb on the table in a folder: write the table with the result, and two pages."""
    from graphkit.omics import write_adata
    from graphkit.omics.keys import ORIGIN

    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always", UserWarning)
        tell(text="Reading the table")
        adata = _read(folder / TABLE, order["name"], order)
        known = None
        if order["reference"]:
            known = _read(folder / REFERENCE, order["reference"], order)
        tell(text=f"Working on {adata.n_obs:,} rows and {adata.n_vars:,} genes")
        try:
            _fits(_cost(order, adata, known), order)
            _apply(order, adata, known)
        except InputError as error:
            raise error.at(file=error.file or order["name"]) from error
    for made in adata.uns[ORIGIN].values():
        made.setdefault("input", order["name"])
    write_adata(adata, folder / RESULT)
    tell(text="Drawing the page")
    files = [(RESULT, "The table, .h5ad"), (PAGE, "This page, one file")]
    texts = [str(one.message).replace(f"{folder}/", "") for one in warned]
    _show(folder, adata, order, files, notes=list(dict.fromkeys(map(printable, texts))))


def view(folder: Path, order: Mapping[str, Any], tell: Callable[..., None]) -> None:
    """Make the pages of a table that has results."""
    tell(text="Reading the table")
    adata = _read(folder / TABLE, order["name"], order)
    tell(text="Drawing the page")
    _show(folder, adata, order, [(PAGE, "This page, one file")])


def _read(path: Path, name: str, order: Mapping[str, Any]) -> AnnData:
    """Read a table, if it can be; `name` is what its sender calls it."""
    from graphkit.omics import read_spatial, require_known_slides
    from graphkit.omics.declared import check_declared

    slots = order["slots"]
    try:
        check_declared(path, most=order["memory_mb"] * MB)
        if path.name == REFERENCE:
            layer = order["options"].get("reference_layer")
            return read_spatial(path, layer=layer, spatial_key=None)
        if order["verb"] in CELLS:
            return read_spatial(path, layer=slots["layer"], spatial_key=None)
        adata = read_spatial(path, **slots)
        keys = {key: slots[key] for key in ("spatial_key", "library_key")}
        require_known_slides(adata, **keys)
    except InputError as error:
        raise error.at(file=name) from error
    return adata


def _cost(order: Mapping[str, Any], adata: AnnData, known: AnnData | None) -> Cost:
    from graphkit.tasks import costs

    if known is not None:
        return costs.annotation_cost(known, adata, label=order["options"]["label"])
    of_verb: dict[str, Callable[[AnnData], Cost]] = {
        "denoise": costs.denoising_cost,
        "domains": partial(costs.domain_cost, auto=True),
        "modules": partial(costs.module_cost, auto=True),
        "cluster": partial(costs.cluster_cost, members=3),
        "check-labels": costs.label_cost,
    }
    return of_verb[order["verb"]](adata)


def _fits(cost: Cost, order: Mapping[str, Any]) -> None:
    """Raise InputError where a run would be stopped anyway."""
    remedy = f"Use the command line: graphkit {order['verb']}."
    if cost.seconds > SURELY * order["seconds"]:
        takes, may = round(cost.seconds), order["seconds"]
        raise InputError(f"takes some {takes:,} seconds, here it may {may:,}", remedy=remedy)
    if cost.memory > order["memory_mb"] * MB:
        takes, may = round(cost.memory / MB), order["memory_mb"]
        raise InputError(f"takes some {takes:,} MB of memory, here it may {may:,}", remedy=remedy)


def _apply(order: Mapping[str, Any], adata: AnnData, known: AnnData | None) -> None:
    import graphkit

    verb, slots, options = order["verb"], order["slots"], order["options"]
    if known is not None:
        _types(adata, known, order)
        return
    of_verb: dict[str, Callable[..., object]] = {
        "denoise": graphkit.denoise,
        "domains": graphkit.find_domains,
        "modules": graphkit.find_modules,
        "cluster": graphkit.cluster,
        "check-labels": graphkit.check_labels,
    }
    places = {"layer": slots["layer"]} if verb in CELLS else slots
    of_verb[verb](adata, **options, **places, random_state=SEED)


def _types(adata: AnnData, known: AnnData, order: Mapping[str, Any]) -> None:
    from graphkit.tasks import CellTypes

    label, layer = order["options"]["label"], order["options"].get("reference_layer")
    model = CellTypes(random_state=SEED)
    try:
        model.fit(known, label=label, layer=layer)
    except InputError as error:
        raise error.at(file=order["reference"]) from error
    model.annotate(adata, layer=order["slots"]["layer"])


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
