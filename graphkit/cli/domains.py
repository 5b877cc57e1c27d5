"""``graphkit domains``: spots in, the same spots with their tissue domains out."""

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
from graphkit.reports.tissue import domain_picture, tissue_of
from graphkit.tasks.costs import domain_cost

EXAMPLE = """
Examples:

  graphkit domains outs/ -o domains.h5ad --n-domains 7
  graphkit domains slides.h5ad -o domains.h5ad --n-domains auto --library-key sample
  graphkit domains slide.h5ad -o domains.h5ad --n-domains 7 --figure domains.png --photograph
"""
KEY = "domain"


def domains(
    source: Source,
    output: Result,
    n_domains: Annotated[str, typer.Option(metavar="K|auto", help="How many domains to look for.")],
    members: Annotated[int, typer.Option(min=1, max=100, help="Networks that must agree.")] = 5,
    method: Annotated[str, typer.Option(help="How spots are embedded.")] = "scrcl",
    figure: Figure = None,
    photograph: Photograph = False,
    layer: Layer = None,
    spatial_key: SpatialKey = "spatial",
    library_key: LibraryKey = None,
    seed: Seed = 0,
    device: Device = "auto",
    threads: Threads = None,
) -> None:
    """Divide a tissue into domains: spots alike in expression and near one another.

    OUT.h5ad holds IN and obs["domain"], obs["domain_stability"] (the share of the runs that agree
    on a spot) and the embedding. It needs raw counts. Domains are named by number; nothing says
    what they are.
    """
    slots = Slots(layer, spatial_key, library_key)
    check_places(source, output=output, figure=figure)
    k = number_or_auto(n_domains, option="--n-domains")
    with reporting(source, device=device, threads=threads) as chosen:
        adata = slots.read(source)
        announce(domain_cost(adata, members=members, auto=k == AUTO))
        from graphkit.tasks.domains.domains import find_domains

        find_domains(
            adata,
            n_domains=k,
            method=method,
            members=members,
            layer=layer,
            spatial_key=spatial_key,
            library_key=library_key,
            random_state=seed,
            device=chosen,
            progress=sys.stderr.isatty(),
        )
        found = adata.obs[KEY].nunique()
        save(adata, output, what=f"in {found} domains: obs[{KEY!r}]")
        if figure is not None:
            from graphkit.plots import save_figure

            tissue = tissue_of(adata, slots, photograph=photograph)
            save_figure(domain_picture(adata, tissue, key=KEY), figure)
