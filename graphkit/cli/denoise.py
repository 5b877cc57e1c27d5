"""``graphkit denoise``: spots in, the same spots with denoised expression out."""

import math
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from graphkit.cli.terminal import options
from graphkit.cli.terminal.spots import ModelFolders, Slots, check_places, reporting, save
from graphkit.errors import InputError
from graphkit.reports.output import open_output
from graphkit.reports.tissue import as_table, columns, tissue_of
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
KEY, GAIN = "denoised", "denoise_gain"
GENES_BY_DEFAULT = 4
SPLITS = 3
PER = 10_000


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
            help="Genes to draw, by name, symbol or Ensembl id.",
            show_default="those that gain most",
        ),
    ] = None,
    photograph: options.Photograph = False,
    layer: options.Layer = None,
    spatial_key: options.SpatialKey = "spatial",
    library_key: options.LibraryKey = None,
    seed: options.Seed = 0,
    device: options.Device = "auto",
    threads: options.Threads = None,
) -> None:
    """Denoise the expression of spots or cells with the help of their neighbours.

    OUT.h5ad holds IN and the expected counts, layers["denoised"]; var["denoise_gain"] says how
    much better than by its mean each gene is predicted: at or below 0 the layer says nothing about
    it. It needs raw counts. With --evaluate a table goes to standard output: the method is trained
    on one half of the molecules and scored on the other, three times. Never test for differences
    on the denoised layer: its spots borrowed from one another. With --model, a tissue of the same
    genes is denoised by what was learnt from another.
    """
    slots, folders = Slots(layer, spatial_key, library_key), ModelFolders(model, save_model)
    folders.check(context, "evaluate", "seed", source=source)
    check_places(source, output=output, figure=figure)
    wanted = split_names(genes)
    if wanted and figure is None:
        raise InputError(
            "needs --figure", slot="--genes", remedy="Say where to draw them: --figure genes.png."
        )
    with reporting(source, device=device, threads=threads) as chosen:
        adata = slots.read(source)
        from graphkit.omics.genes import find_genes

        places = find_genes(adata, wanted)
        from graphkit.tasks.denoise.denoiser import SpatialDenoiser

        cost = denoising_cost(adata, evaluate=evaluate)
        found = folders.fitted(
            SpatialDenoiser, adata, slots, cost=cost, random_state=seed, device=chosen
        )
        found.annotate(adata, **asdict(slots), progress=sys.stderr.isatty())
        save(
            adata,
            output,
            what=f"denoised: layers[{KEY!r}]",
            key=KEY,
            source=source,
            model=save_model,
        )
        if figure is not None:
            _draw(adata, slots, places or _best(adata, slots), figure, photograph=photograph)
        if evaluate:
            _evaluate(adata, slots, seed=seed, device=chosen)


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


def _best(adata: "AnnData", slots: Slots) -> list[int]:
    """Return the genes that denoising tells most about, summed over their molecules."""
    import numpy as np

    from graphkit.omics import raw_counts

    molecules = np.asarray(raw_counts(adata, layer=slots.layer).sum(axis=0)).ravel()
    gain = np.nan_to_num(adata.var[GAIN].to_numpy(dtype=float)) * molecules
    return [int(i) for i in np.argsort(-gain, kind="stable")[:GENES_BY_DEFAULT]]


def _draw(
    adata: "AnnData", slots: Slots, places: list[int], path: Path, *, photograph: bool
) -> None:
    """Draw genes as shares of each spot's molecules, or the depth of the spots would show."""
    import numpy as np

    from graphkit.omics import gene_symbols, raw_counts
    from graphkit.plots import gene_figure, save_figure

    counts = raw_counts(adata, layer=slots.layer)
    depth = np.asarray(counts.sum(axis=1), dtype=float).reshape(-1, 1)
    share = np.divide(PER, depth, out=np.full_like(depth, np.nan), where=depth > 0)
    symbols, gains = gene_symbols(adata)[places], adata.var[GAIN].to_numpy(dtype=float)[places]
    figure = gene_figure(
        tissue_of(adata, slots, photograph=photograph),
        [str(symbol) for symbol in symbols],
        before=columns(counts, places) * share,
        after=columns(adata.layers[KEY], places) * share,
        notes=[f"gain {gain:+.2f}" if math.isfinite(gain) else "" for gain in gains],
        unit=f"counts per {PER:,}",
    )
    save_figure(figure, path)


def split_names(text: str | None) -> list[str]:
    """Return the names in a list with commas.

    Examples
    --------
    >>> split_names("MBP, PLP1,"), split_names(None)
    (['MBP', 'PLP1'], [])
    """
    return [] if text is None else [name.strip() for name in text.split(",") if name.strip()]
