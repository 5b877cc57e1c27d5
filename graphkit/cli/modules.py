"""``graphkit modules``: spots in, the same spots with modules of genes out."""

import sys
from typing import Annotated

import typer

from graphkit.cli.terminal.estimate import announce
from graphkit.cli.terminal.options import (
    Device,
    Figure,
    Layer,
    LibraryKey,
    Photograph,
    Result,
    Seed,
    Source,
    SpatialKey,
    Threads,
)
from graphkit.cli.terminal.spots import AUTO, Slots, check_places, number_or_auto, reporting, save
from graphkit.reports.tissue import module_picture, tissue_of
from graphkit.tasks.costs import module_cost

EXAMPLE = """
Examples:

  graphkit modules outs/ -o modules.h5ad
  graphkit modules slide.h5ad -o modules.h5ad --n-modules 12 --figure modules.png
"""
KEY = "gene_module"


def modules(
    source: Source,
    output: Result,
    n_modules: Annotated[
        str, typer.Option(metavar="K|auto", help="How many modules to look for.")
    ] = "auto",
    figure: Figure = None,
    photograph: Photograph = False,
    layer: Layer = None,
    spatial_key: SpatialKey = "spatial",
    library_key: LibraryKey = None,
    seed: Seed = 0,
    device: Device = "auto",
    threads: Threads = None,
) -> None:
    """Group genes whose expression makes the same picture on the tissue.

    OUT.h5ad holds IN and var["gene_module"] (module1 is the largest; unassigned where a gene was
    left out, var["gene_module_note"] says why), how sure each gene is,
    varm["gene_module_probability"], and the embedding of the genes, varm["X_darlc"]. It needs raw
    counts.
    """
    slots = Slots(layer, spatial_key, library_key)
    check_places(source, output=output, figure=figure)
    k = number_or_auto(n_modules, option="--n-modules")
    with reporting(source, device=device, threads=threads) as chosen:
        from graphkit.omics import libraries

        adata = slots.read(source)
        n_slides = len(libraries(adata, library_key=library_key).names)
        announce(module_cost(adata, n_slides=n_slides, auto=k == AUTO))
        from graphkit.tasks.modules.modules import find_modules

        find_modules(
            adata,
            n_modules=k,
            layer=layer,
            spatial_key=spatial_key,
            library_key=library_key,
            random_state=seed,
            device=chosen,
            progress=sys.stderr.isatty(),
        )
        n_found = adata.varm[f"{KEY}_probability"].shape[1]
        n_left = int(adata.uns[KEY]["n_unassigned"])
        save(
            adata,
            output,
            what=f"in {n_found} modules, {n_left:,} genes left out: var[{KEY!r}], {KEY}_note",
        )
        if figure is not None:
            from graphkit.plots import save_figure

            tissue = tissue_of(adata, slots, photograph=photograph)
            save_figure(module_picture(adata, tissue, key=KEY, layer=layer), figure)
