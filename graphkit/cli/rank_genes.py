"""``graphkit rank-genes``: spots or cells in groups in, the genes that argue for each out."""

from pathlib import Path
from typing import Annotated

import typer

from graphkit.cli.terminal import console, options
from graphkit.cli.terminal.delivery import origin_of
from graphkit.cli.terminal.estimate import announce
from graphkit.cli.terminal.places import FIGURE, check_place
from graphkit.cli.terminal.spots import Slots, refuse_beside_model, reporting, tell_reuse
from graphkit.reports.output import write_origin
from graphkit.reports.tables import format_of, write_table
from graphkit.tasks.costs import ranking_cost

EXAMPLE = """
Examples:

  graphkit rank-genes domains.h5ad -o genes.tsv
  graphkit rank-genes slide.h5ad --groupby layer --top 20 > genes.tsv
  graphkit rank-genes domains.h5ad -o genes.tsv --figure genes.png
  graphkit domains slide.h5ad -o domains.h5ad --n-domains 7 --save-model layers
  graphkit rank-genes domains.h5ad -o genes.tsv --model layers
  graphkit rank-genes clusters.h5ad -o genes.tsv --groupby cluster
"""
KEY = "rank_genes_groups"


def rank_genes(
    context: typer.Context,
    source: options.Source,
    output: options.TableFile = None,
    groupby: Annotated[
        str, typer.Option(metavar="COLUMN", help="The groups: obs[COLUMN].")
    ] = "domain",
    top: Annotated[
        int | None,
        typer.Option(min=1, help="Only the best so many of each group.", show_default="all"),
    ] = None,
    up: Annotated[
        bool, typer.Option("--up/--all", help="Of --top: genes that are higher inside, or all.")
    ] = True,
    figure: options.Figure = None,
    model: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Explain the model that domains --save-model kept.",
            show_default="a surrogate of the labels",
        ),
    ] = None,
    format: options.TableFormat = None,  # noqa: A002
    layer: options.Layer = None,
    spatial_key: options.SpatialKey = "spatial",
    library_key: options.LibraryKey = None,
    positions: options.Positions = None,
    bin_size: options.Bin = None,
    seed: options.Seed = 0,
    device: options.Device = "auto",
    threads: options.Threads = None,
) -> None:
    """Rank the genes that tell each domain, by a spot's own expression and its neighbours'.

    A row per domain and gene, best first; genes that are lower inside than outside come last. score
    is what the gene adds to the log-odds of the domain, per spot; own and neighbors are its two
    parts; marker is the size of the score times the log2 fold change over the next domain. Beside
    them stand log2 fold changes, means inside and outside, Moran's I, and what was explained: the
    model that found the domains, or a surrogate. It needs raw counts. Of cells without places, own
    expression alone is read.

    The ranks describe domains that were found in the same counts: no p-value belongs beside them.
    """
    table = None if output is None or str(output) == "-" else output
    check_place(table, option="-o", others={"the input": source})
    kind = format_of(table, format)
    others = {"the input": source, "the table": table}
    check_place(figure, option="--figure", suffixes=FIGURE, others=others)
    refuse_beside_model(context, "seed", model=model)
    slots = Slots(layer, spatial_key, library_key)
    with reporting(source, device=device, threads=threads) as chosen:
        adata = slots.read(source, positions=positions, bin_size=bin_size, cells=model is None)
        from graphkit.omics import groups
        from graphkit.omics.keys import ORIGIN
        from graphkit.tasks.domains.estimator import Domains
        from graphkit.tasks.rank_genes import OF_CELLS, SURROGATE
        from graphkit.tasks.rank_genes import rank_genes as method

        _, names = groups(adata, groupby)
        explained = None if model is None else Domains.load(model, device=chosen)
        announce(ranking_cost(adata, n_groups=len(names)))
        tell_reuse(adata)
        method(
            adata,
            groupby=groupby,
            key_added=KEY,
            model=explained,
            n_genes=top,
            layer=layer,
            spatial_key=spatial_key,
            library_key=library_key,
            random_state=seed,
            device=chosen,
        )
        found = adata.uns[KEY]["table"]
        if top is not None and up:
            found = found[found["direction"] == "up"]
        write_table(found, table, format=kind)
        sha256 = None if explained is None else explained.sha256
        write_origin(table, origin_of(context, source, model_sha256=sha256))
        if figure is not None:
            from graphkit.plots import save_figure
            from graphkit.reports.tissue import ranking_picture

            save_figure(ranking_picture(adata, key=KEY), figure)
    params = adata.uns[KEY]["params"]
    console.note(f"Explained: {params['model']}.")
    rows = "cells" if params["model"] == OF_CELLS else "spots"
    if rows == "cells":
        console.note("No coordinates: rows are taken for cells, and neighbours add nothing.")
    held_out = f"{rows} held out" if model is None else f"the {rows}"
    console.note(f"On {held_out} it agrees with {params['agreement']:.0%} of the labels.")
    if params["model"] == SURROGATE and groupby in adata.uns.get(ORIGIN, {}):
        console.note("To explain what found them: domains --save-model DIR, then --model DIR here.")
