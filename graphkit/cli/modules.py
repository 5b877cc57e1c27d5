"""``graphkit modules``: spots in, the same spots with modules of genes out."""

from typing import Annotated

import typer

from graphkit.cli.terminal import console, options
from graphkit.cli.terminal.spots import (
    AUTO,
    ModelFolders,
    Slots,
    check_places,
    number_or_auto,
    reporting,
    save,
)
from graphkit.reports.tissue import module_picture, tissue_of
from graphkit.tasks.costs import module_cost

EXAMPLE = """
Examples:

  graphkit modules outs/ -o modules.h5ad
  graphkit modules slide.h5ad -o modules.h5ad --n-modules 12 --figure modules.png
  graphkit modules first.h5ad -o first_modules.h5ad --save-model programmes
  graphkit modules second.h5ad -o second_modules.h5ad --model programmes
"""
KEY = "gene_module"


def modules(
    context: typer.Context,
    source: options.Source,
    output: options.Result,
    n_modules: Annotated[
        str, typer.Option(metavar="K|auto", help="How many modules to look for.")
    ] = "auto",
    model: options.Model = None,
    save_model: options.SaveModel = None,
    figure: options.Figure = None,
    photograph: options.Photograph = False,
    layer: options.Layer = None,
    spatial_key: options.SpatialKey = "spatial",
    library_key: options.LibraryKey = None,
    positions: options.Positions = None,
    bin_size: options.Bin = None,
    seed: options.Seed = 0,
    device: options.Device = "auto",
    threads: options.Threads = None,
) -> None:
    """Group genes that are expressed in the same places of a tissue.

    OUT.h5ad holds IN, var["gene_module"] (module1 is the largest; unassigned where a gene was left
    out, and var["gene_module_note"] says why), varm["gene_module_probability"], the embedding of
    genes varm["X_gene_module"], and the activity of modules in spots obsm["gene_module_activity"].
    It needs raw counts. With --model, genes keep the modules of the tissue that it was fitted on.
    """
    slots, folders = Slots(layer, spatial_key, library_key), ModelFolders(model, save_model)
    folders.check(context, "n_modules", "seed", source=source)
    check_places(source, output=output, figure=figure)
    k = number_or_auto(n_modules, option="--n-modules")
    with reporting(source, device=device, threads=threads) as chosen:
        from graphkit.omics import libraries
        from graphkit.tasks.modules.estimator import GeneModules

        adata = slots.read(source, positions=positions, bin_size=bin_size)
        n_slides = len(libraries(adata, library_key=library_key).names)
        cost = module_cost(adata, n_slides=n_slides, auto=k == AUTO)
        found = folders.fitted(
            GeneModules, adata, slots, cost=cost, n_modules=k, random_state=seed, device=chosen
        )
        found.annotate(adata, layer=layer, library_key=library_key)
        about = adata.uns[KEY]
        save(
            adata,
            output,
            what=f"in {about['n_modules']} modules, {about['n_unassigned']:,} genes left out: "
            f"var[{KEY!r}], {KEY}_note",
            key=KEY,
            source=source,
            model=save_model,
        )
        again = ", ".join(f"{share:.0%}" for share in about["reproducibility"])
        console.note(f"Genes that find their module again in other molecules: {again}.")
        console.note(f"{about['agreement']:.0%} of the genes go with their own module most.")
        if figure is not None:
            from graphkit.plots import save_figure

            tissue = tissue_of(
                adata, spatial_key=spatial_key, library_key=library_key, photograph=photograph
            )
            save_figure(module_picture(adata, tissue, key=KEY, layer=layer), figure)
