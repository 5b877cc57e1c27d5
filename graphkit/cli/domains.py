"""``graphkit domains``: spots in, the same spots with their tissue domains out."""

from dataclasses import asdict
from typing import Annotated

import typer

from graphkit.cli.terminal.options import (
    Device,
    Figure,
    Layer,
    LibraryKey,
    Model,
    Photograph,
    Result,
    SaveModel,
    Seed,
    Source,
    SpatialKey,
    Threads,
)
from graphkit.cli.terminal.spots import (
    AUTO,
    ModelFolders,
    Slots,
    check_places,
    number_or_auto,
    reporting,
    save,
)
from graphkit.errors import InputError
from graphkit.reports.tissue import domain_picture, tissue_of
from graphkit.tasks.costs import domain_cost

EXAMPLE = """
Examples:

  graphkit domains outs/ -o domains.h5ad --n-domains 7
  graphkit domains slides.h5ad -o domains.h5ad --n-domains auto --library-key sample
  graphkit domains slide.h5ad -o domains.h5ad --n-domains 7 --figure domains.png --photograph
  graphkit domains first.h5ad -o first_domains.h5ad --n-domains 7 --save-model layers
  graphkit domains second.h5ad -o second_domains.h5ad --model layers
"""
KEY = "domain"


def domains(
    context: typer.Context,
    source: Source,
    output: Result,
    n_domains: Annotated[
        str | None,
        typer.Option(
            metavar="K|auto",
            help="How many domains to look for.",
            show_default="needed, or --model",
        ),
    ] = None,
    members: Annotated[int, typer.Option(min=1, max=100, help="Networks that must agree.")] = 5,
    model: Model = None,
    save_model: SaveModel = None,
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
    what they are. With --model, the domains of another tissue of the same genes are those it was
    fitted on, under their names.
    """
    slots, folders = Slots(layer, spatial_key, library_key), ModelFolders(model, save_model)
    folders.check(context, "n_domains", "members", "seed", source=source)
    check_places(source, output=output, figure=figure)
    if model is None and n_domains is None:
        raise InputError(
            "missing", slot="--n-domains", remedy=f"Give a number, {AUTO}, or a --model."
        )
    k = number_or_auto(n_domains or AUTO, option="--n-domains")
    with reporting(source, device=device, threads=threads) as chosen:
        adata = slots.read(source)
        from graphkit.tasks.domains.estimator import Domains

        cost = domain_cost(adata, members=members, auto=k == AUTO)
        found = folders.fitted(
            Domains,
            adata,
            slots,
            cost=cost,
            n_domains=k,
            members=members,
            random_state=seed,
            device=chosen,
        )
        found.annotate(adata, **asdict(slots))
        what = f"in {adata.obs[KEY].nunique()} domains: obs[{KEY!r}]"
        save(adata, output, what=what, key=KEY, source=source, model=save_model)
        if figure is not None:
            from graphkit.plots import save_figure

            tissue = tissue_of(adata, slots, photograph=photograph)
            save_figure(domain_picture(adata, tissue, key=KEY), figure)
