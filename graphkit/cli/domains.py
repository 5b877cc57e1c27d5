"""``graphkit domains``: spots in, the same spots with their tissue domains out."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from graphkit.cli.terminal import console, options
from graphkit.cli.terminal.delivery import origin_of
from graphkit.cli.terminal.places import check_place
from graphkit.cli.terminal.spots import (
    AUTO,
    ModelFolders,
    Slots,
    check_places,
    number_or_auto,
    reporting,
    save,
    tell_reuse,
)
from graphkit.errors import InputError
from graphkit.reports.output import open_output, write_origin
from graphkit.reports.tissue import domain_picture, domain_table, tissue_of
from graphkit.tasks.costs import domain_cost

EXAMPLE = """
Examples:

  graphkit domains outs/ -o domains.h5ad --n-domains 7
  graphkit domains slides.h5ad -o domains.h5ad --n-domains auto --library-key sample
  graphkit domains slide.h5ad -o domains.h5ad --n-domains 7 --figure domains.png --photograph
  graphkit domains outs/ -o domains.h5ad --n-domains 7 --table domains.csv
  graphkit domains first.h5ad -o first_domains.h5ad --n-domains 7 --save-model layers
  graphkit domains second.h5ad -o second_domains.h5ad --model layers
"""
KEY = "domain"


def domains(
    context: typer.Context,
    source: options.Source,
    output: options.Result,
    n_domains: Annotated[
        str | None,
        typer.Option(
            metavar="K|auto",
            help="How many domains to look for.",
            show_default="needed, or --model",
        ),
    ] = None,
    members: Annotated[int, typer.Option(min=1, max=100, help="Mixtures that must agree.")] = 16,
    method: Annotated[
        str, typer.Option(help="What is clustered: mixtures of components, or scrcl.")
    ] = "mixtures",
    min_counts: Annotated[int, typer.Option(min=0, help="Leave out spots with fewer counts.")] = 10,
    keep_off_tissue: Annotated[
        bool, typer.Option("--keep-off-tissue", help="Keep spots off the tissue.")
    ] = False,
    use_rep: Annotated[
        str | None,
        typer.Option(metavar="KEY", help="Read obsm[KEY], or X, in place of counts."),
    ] = None,
    model: options.Model = None,
    save_model: options.SaveModel = None,
    figure: options.Figure = None,
    photograph: options.Photograph = False,
    table: Annotated[
        Path | None,
        typer.Option(
            metavar="OUT.csv", help="Also write barcodes and domains, as Loupe and Seurat read."
        ),
    ] = None,
    layer: options.Layer = None,
    spatial_key: options.SpatialKey = "spatial",
    library_key: options.LibraryKey = None,
    integrate: Annotated[
        str,
        typer.Option(help="How slides are brought together: effects, harmony, or means."),
    ] = "effects",
    positions: options.Positions = None,
    bin_size: options.Bin = None,
    on_disk: options.OnDisk = None,
    seed: options.Seed = 0,
    device: options.Device = "auto",
    threads: options.Threads = None,
) -> None:
    """Divide a tissue into domains: spots alike in expression and near one another.

    OUT.h5ad holds IN and obs["domain"], obs["domain_stability"] (how likely the domain is right)
    and obsm["X_domain"]. It needs raw counts. How far spots borrow from their neighbours, and
    whether at all, is chosen on the tissue itself. Domains are named by number; nothing says what
    they are. With --model, the domains of another tissue of the same genes are those it was fitted
    on, under their names.
    """
    slots, folders = Slots(layer, spatial_key, library_key), ModelFolders(model, save_model)
    fitting = ("n_domains", "members", "method", "min_counts", "keep_off_tissue", "use_rep")
    folders.check(context, *fitting, "integrate", "seed", source=source)
    check_places(source, output=output, figure=figure)
    others = {"the input": source, "the results": output, "the figure": figure}
    check_place(table, option="--table", suffixes=(".csv",), others=others)
    if model is None and n_domains is None:
        raise InputError(
            "missing", slot="--n-domains", remedy=f"Give a number, {AUTO}, or a --model."
        )
    k = number_or_auto(n_domains or AUTO, option="--n-domains")
    with reporting(source, device=device, threads=threads) as chosen:
        adata = slots.read(source, positions=positions, bin_size=bin_size, on_disk=on_disk)
        from graphkit.tasks.domains.estimator import Domains

        if method == "scrcl":
            tell_reuse(adata)
        cost = domain_cost(adata, method=method, auto=k == AUTO)
        found = folders.fitted(
            Domains,
            adata,
            slots,
            cost=cost,
            use_rep=use_rep,
            n_domains=k,
            method=method,
            members=members,
            min_counts=min_counts,
            off_tissue=keep_off_tissue,
            integrate=integrate,
            random_state=seed,
            device=chosen,
        )
        found.annotate(adata, **asdict(slots))
        _tell(adata.uns[KEY], adata.n_obs)
        what = f"in {adata.obs[KEY].nunique()} domains: obs[{KEY!r}]"
        save(adata, output, what=what, key=KEY, source=source, model=save_model)
        if table is not None:
            with open_output(table) as stream:
                stream.write(domain_table(adata, key=KEY).encode())
            write_origin(table, origin_of(context, source, model_sha256=found.sha256))
        if figure is not None:
            from graphkit.plots import save_figure

            tissue = tissue_of(
                adata, spatial_key=spatial_key, library_key=library_key, photograph=photograph
            )
            save_figure(domain_picture(adata, tissue, key=KEY), figure)


def _tell(about: Mapping[str, Any], n_spots: int) -> None:
    """Say what was read and chosen, what came second, and what k-means says."""
    console.note(f"Read: {about['features']}")
    if about.get("read", n_spots) < n_spots - about["left_out"]:
        console.note(
            f"Fitted to {about['read']:,} of the spots, in windows; all have domains by it"
        )
    if about["left_out"]:
        console.note(
            f"{about['left_out']:,} spots have no domain: too few counts, or off the tissue"
        )
    if "smoothings" not in about:
        return
    scores = [f"{name} ({score:.3f})" for name, score in about["smoothings"].items()]
    second = f"; second {scores[1]}" if len(scores) > 1 else ""
    console.note(f"Chosen: {scores[0]}{second}")
    console.note(f"k-means on the same: adjusted Rand index {about['agreement_with_kmeans']:.2f}")
    if "slides_mixed" in about:
        mixed = about["slides_mixed"]
        console.note(
            f"Slides brought together: spots alike are of different slides {mixed['after']:.0%} as "
            f"often as by chance ({mixed['before']:.0%} before)"
        )
    if "curve" in about:
        curve = ", ".join(f"{k} {score:.2f}" for k, score in about["curve"].items())
        from graphkit.tasks.domains.number import HOW_OFTEN

        clear = f"determined, {HOW_OFTEN}" if about["determined"] else "not determined: a fallback"
        console.note(f"Number of domains: {about['n_domains']} ({curve}), {clear}")
