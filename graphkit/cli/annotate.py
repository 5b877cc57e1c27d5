"""``graphkit annotate``: cells in, the same cells with types told from a reference out."""

from pathlib import Path
from typing import Annotated

import typer

from graphkit.cli.terminal import console, options
from graphkit.cli.terminal.estimate import announce
from graphkit.cli.terminal.places import FIGURE, check_place
from graphkit.cli.terminal.spots import check_places, reporting, save
from graphkit.errors import InputError
from graphkit.reports.tissue import domain_picture, tissue_of
from graphkit.tasks.costs import annotation_cost

EXAMPLE = """
Examples:

  graphkit annotate reference.h5ad cells.h5ad -o typed.h5ad --label cell_type
  graphkit annotate reference.h5ad cells.h5ad -o typed.h5ad --unknown-rate 0.01 --figure map.png
  graphkit annotate reference.h5ad cells.h5ad -o typed.h5ad --markers types.gmt
"""
KEY = "predicted"
MAP = "X_umap"


def annotate(
    reference: Annotated[
        Path, typer.Argument(metavar="REFERENCE", help="Cells whose types are known: as IN.")
    ],
    source: options.Source,
    output: options.Result,
    label: Annotated[
        str, typer.Option(metavar="COLUMN", help="Types of the reference: its obs[COLUMN].")
    ] = "cell_type",
    unknown_rate: Annotated[
        float,
        typer.Option(min=0, max=0.99, help="Share of known types that may be called Unknown."),
    ] = 0.05,
    min_counts: Annotated[
        int, typer.Option(min=0, help="Leave out cells with fewer counts of shared genes.")
    ] = 10,
    markers: Annotated[
        Path | None,
        typer.Option(metavar="TYPES.gmt", help="Marker genes of types that REFERENCE lacks."),
    ] = None,
    figure: options.Figure = None,
    reference_layer: Annotated[
        str | None,
        typer.Option("--reference-layer", metavar="NAME", help="As --layer, of the reference."),
    ] = None,
    layer: options.Layer = None,
    seed: options.Seed = 0,
    threads: options.Threads = None,
) -> None:
    """Annotate cells with the types of a reference.

    OUT.h5ad holds IN, obs["predicted"], obs["confidence"], obs["neighbours_agree"], obs["oddness"]
    and the nearest cells of the reference. A cell is Unknown where it is odder than most of the
    reference, or where genes that were not read for its type do not confirm it. Genes are matched
    by name, symbol or Ensembl identifier, and between mouse and human. The accuracy on held-out
    cells of the reference is printed, beside that of a linear support vector machine.
    """
    check_places(source, output=output, figure=figure)
    check_place(output, option="-o", suffixes=(), others={"the reference": reference})
    check_place(figure, option="--figure", suffixes=FIGURE, others={"the reference": reference})
    with reporting(source, device="cpu", threads=threads):
        from graphkit.omics import read_spatial
        from graphkit.omics.maps import umap
        from graphkit.tasks.cells.markers import read_markers
        from graphkit.tasks.cells.types import CellTypes

        model = CellTypes(
            unknown_rate=unknown_rate,
            min_counts=min_counts,
            random_state=seed,
            markers=None if markers is None else read_markers(markers),
        )
        try:
            known = read_spatial(reference, layer=reference_layer, spatial_key=None)
            model.fit(known, label=label, layer=reference_layer)
        except InputError as error:
            raise error.at(file=error.file or reference) from error
        adata = read_spatial(source, layer=layer, spatial_key=None)
        announce(annotation_cost(known, adata, label=label))
        with console.progress("Telling types", total=None):
            model.annotate(adata, layer=layer)
        about = adata.uns[KEY]
        told = about["held_out"]
        console.note(f"genes: {about['genes']}")
        console.note(
            f"{told['accuracy']:.1%} of {told['n']:,} held-out cells of the reference told right, "
            f"{told['baseline']:.1%} by a linear support vector machine"
        )
        unknown = int((adata.obs[KEY] == "Unknown").sum())
        console.note(f"{unknown:,} cells are Unknown; {about['left_out']:,} have too few counts")
        if figure is not None:
            adata.obsm[MAP] = umap(adata.obsm[f"X_{KEY}"], seed=seed)
        save(adata, output, what=f"with types: obs[{KEY!r}]", key=KEY, source=source, rows="cells")
        if figure is not None:
            from graphkit.plots import save_figure

            placed = adata[adata.obs[KEY].notna()]
            tissue = tissue_of(placed, spatial_key=MAP, library_key=None)
            save_figure(
                domain_picture(
                    placed, tissue, key=KEY, sure="confidence", meaning="how likely it is right"
                ),
                figure,
            )
