"""``graphkit denoise``: spots in, the same spots with denoised expression out."""

import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from graphkit.cli.terminal import console, options
from graphkit.cli.terminal.spots import (
    ModelFolders,
    Slots,
    check_places,
    reporting,
    save,
    split_names,
)
from graphkit.errors import InputError
from graphkit.reports.output import open_output
from graphkit.reports.tissue import as_table, gene_picture, tissue_of
from graphkit.tasks.costs import denoising_cost

if TYPE_CHECKING:
    from anndata import AnnData

EXAMPLE = """
Examples:

  graphkit denoise outs/ -o denoised.h5ad
  graphkit denoise slides.h5ad -o denoised.h5ad --library-key sample --evaluate
  graphkit denoise slide.h5ad -o denoised.h5ad --figure genes.png --genes MBP,PLP1
  graphkit denoise first.h5ad -o first_denoised.h5ad --save-model cortex
  graphkit denoise second.h5ad -o second_denoised.h5ad --model cortex
"""
KEY, VERDICT = "denoised", "denoise_verdict"
GENES_BY_DEFAULT = 4
SPLITS = 3


def denoise(
    context: typer.Context,
    source: options.Source,
    output: options.Result,
    evaluate: Annotated[
        bool,
        typer.Option(
            "--evaluate", help="Also score it on counts held out, beside simpler methods."
        ),
    ] = False,
    model: options.Model = None,
    save_model: options.SaveModel = None,
    figure: options.Figure = None,
    genes: Annotated[
        str | None,
        typer.Option(
            metavar="A,B",
            help="Only these genes are written and drawn, by name, symbol or Ensembl id.",
            show_default="all, and those that gain most",
        ),
    ] = None,
    n_genes: Annotated[
        int | None,
        typer.Option(
            min=1, help="Only so many genes are written: those that gain most.", show_default="all"
        ),
    ] = None,
    photograph: options.Photograph = False,
    expected_counts: Annotated[
        bool,
        typer.Option(
            "--expected-counts",
            help="Write counts at each spot's own depth, not log(1 + counts per 10,000).",
        ),
    ] = False,
    layer: options.Layer = None,
    spatial_key: options.SpatialKey = "spatial",
    library_key: options.LibraryKey = None,
    positions: options.Positions = None,
    bin_size: options.Bin = None,
    on_disk: options.OnDisk = None,
    seed: options.Seed = 0,
    device: options.Device = "auto",
    threads: options.Threads = None,
) -> None:
    """Denoise the expression of spots or cells with the help of their neighbours.

    OUT.h5ad holds IN and layers["denoised"]: log(1 + counts per 10,000). It needs raw counts.
    var["denoise_gain"] says how much better each gene is predicted than by its mean,
    var["denoise_gain_se"] with what error, and var["denoise_verdict"] whether that is shown: yes,
    no or not shown.

    Do not test for differential expression on the denoised layer: its spots borrowed from one
    another.

    --evaluate prints a table: trained on one half of the molecules, scored on the other, three
    times. --genes and --n-genes write a part of a large table. --model applies what another tissue
    of the same genes taught.
    """
    slots, folders = Slots(layer, spatial_key, library_key), ModelFolders(model, save_model)
    folders.check(context, "evaluate", "seed", source=source)
    check_places(source, output=output, figure=figure)
    wanted = split_names(genes)
    if wanted and n_genes is not None:
        raise InputError("does not go with --genes", slot="--n-genes", remedy="Leave one out.")
    with reporting(source, device=device, threads=threads) as place:
        adata = slots.read(source, positions=positions, bin_size=bin_size, on_disk=on_disk)
        from graphkit.omics.genes import find_genes

        places = find_genes(adata, wanted)
        from graphkit.tasks.denoise.denoiser import SpatialDenoiser

        cost = denoising_cost(adata, evaluate=evaluate, n_written=len(places) or n_genes)
        with slots.run_dir(adata, output) as run_dir:
            found = folders.fitted(
                SpatialDenoiser,
                adata,
                slots,
                cost=cost,
                random_state=seed,
                device=place,
                run_dir=run_dir,
            )
            found.annotate(
                adata,
                **asdict(slots),
                expected_counts=expected_counts,
                genes=[str(name) for name in adata.var_names[places]] or n_genes,
                progress=sys.stderr.isatty(),
            )
            chosen = sorted(places) or (None if n_genes is None else sorted(_best(adata, n_genes)))
            save(
                adata if chosen is None else adata[:, chosen].copy(),
                output,
                what=f"denoised: layers[{KEY!r}]",
                key=KEY,
                source=source,
                model=save_model,
            )
        _tell(adata)
        if figure is not None:
            from graphkit.plots import save_figure

            tissue = tissue_of(
                adata, spatial_key=spatial_key, library_key=library_key, photograph=photograph
            )
            save_figure(gene_picture(adata, tissue, places or _best(adata), layer=layer), figure)
        if evaluate:
            _evaluate(adata, slots, seed=seed, device=place)


def _tell(adata: "AnnData") -> None:
    """Say of how many genes the layer is known to tell something, and of which most."""
    from graphkit.omics import gene_symbols

    count = adata.var[VERDICT].value_counts()
    console.note(
        f"Better than their mean: {count['yes']:,} genes; not shown: {count['not shown']:,}; "
        f"worse: {count['no']:,} (var[{VERDICT!r}])"
    )
    if count["yes"]:
        best = _best(adata)[: count["yes"]]
        console.note(f"Most is told of {', '.join(gene_symbols(adata)[best])}")


def _evaluate(adata: "AnnData", slots: Slots, *, seed: int, device: str) -> None:
    from graphkit.evaluation.tissues.denoising import compare_denoisers
    from graphkit.omics import coordinates, libraries, raw_counts
    from graphkit.tasks.denoise.denoise import denoiser_rates
    from graphkit.tasks.localize.ensemble import member_seed

    report = compare_denoisers(
        raw_counts(adata, layer=slots.layer),
        coordinates(adata, spatial_key=slots.spatial_key, library_key=slots.library_key),
        lambda counts, table, seed: denoiser_rates(counts, table, seed=seed, device=device),
        library=libraries(adata, library_key=slots.library_key).codes,
        seeds=[member_seed(seed, i) for i in range(SPLITS)],
    )
    with open_output(None) as stdout:
        stdout.write(as_table(report).encode())


def _best(adata: "AnnData", number: int = GENES_BY_DEFAULT) -> list[int]:
    from graphkit.omics.genes import most_told

    return [int(gene) for gene in most_told(adata)[:number]]
