"""``graphkit view``: a table with results in, one page out."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from graphkit.cli.terminal import console, options
from graphkit.cli.terminal.delivery import origin_of
from graphkit.cli.terminal.estimate import announce
from graphkit.cli.terminal.places import check_place
from graphkit.cli.terminal.spots import Slots, reporting, split_names
from graphkit.reports.output import open_output
from graphkit.tasks.costs import ranking_cost

EXAMPLE = """
Examples:

  graphkit view domains.h5ad -o domains.html
  graphkit view denoised.h5ad -o genes.html --genes MBP,PLP1
"""


def view(
    context: typer.Context,
    source: options.Source,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="OUT.html", help="Where the page goes.")
    ],
    genes: Annotated[
        str | None,
        typer.Option(
            metavar="A,B",
            help="Denoised genes to draw, by name, symbol or Ensembl id.",
            show_default="those that gain most",
        ),
    ] = None,
    photograph: options.Photograph = False,
    layer: options.Layer = None,
    spatial_key: options.SpatialKey = "spatial",
    library_key: options.LibraryKey = None,
    seed: options.Seed = 0,
    threads: options.Threads = None,
) -> None:
    """Draw all results in a table on one page, to send to a colleague.

    The page has domains with their stability and ranked genes, genes before and after denoising,
    and modules: what denoise, domains and modules wrote, one after the other. It is one file
    without scripts, and loads nothing.
    """
    check_place(output, option="-o", suffixes=(".html",), others={"the input": source})
    slots = Slots(layer, spatial_key, library_key)
    with reporting(source, device="cpu", threads=threads):
        adata = slots.read(source, cells=True)
        from graphkit.reports.pages import render
        from graphkit.reports.view import PAGE, tissue_findings, unranked

        if n_domains := unranked(adata):
            announce(ranking_cost(adata, n_groups=n_domains))
        found = tissue_findings(
            adata,
            genes=split_names(genes),
            photograph=photograph,
            random_state=seed,
            **asdict(slots),
        )
        page = render(PAGE, origin=origin_of(context, source), **found)
    with open_output(output) as stream:
        stream.write(page.encode())
    console.note(f"The page: {output}")
