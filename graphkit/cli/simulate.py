"""``graphkit simulate``: data whose truth is known."""

from pathlib import Path
from typing import Annotated

import typer

from graphkit.cli.terminal import console, options
from graphkit.cli.terminal.delivery import origin_of
from graphkit.datasets import (
    CellsParams,
    SimulationParams,
    TissueParams,
    simulate_cells,
    simulate_tissue,
    simulate_transcripts,
    write_transcripts,
)
from graphkit.reports.output import refuse_overwriting, write_origin

EXAMPLE = """
Examples:

  graphkit simulate transcripts -o simulated.fa
  graphkit simulate transcripts -o simulated.fa --sites simulated.bed --number 400 --seed 1
"""

TISSUE_EXAMPLE = """
Examples:

  graphkit simulate tissue -o tissue.h5ad
  graphkit simulate tissue -o tissue.h5ad --spots 3000 --slides 2 --expected --seed 1
"""

CELLS_EXAMPLE = """
Examples:

  graphkit simulate cells -o cells.h5ad
  graphkit simulate cells -o cells.h5ad --cells 3000 --types 8 --batches 2 --doublets 0.05
  graphkit simulate cells -o cells.h5ad --wrong-labels 0.1 --seed 1
"""

simulate = typer.Typer(
    add_completion=False, no_args_is_help=True, help="Simulate data whose truth is known."
)
DEFAULTS = SimulationParams()
TISSUE = TissueParams()
CELLS = CellsParams()


@simulate.command(epilog=EXAMPLE)
def transcripts(
    context: typer.Context,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="PATH", help="FASTA, headers `>id|label`.")
    ],
    sites: Annotated[
        Path | None, typer.Option(metavar="BED", help="Also write where elements were planted.")
    ] = None,
    number: Annotated[
        int, typer.Option("--number", "-n", min=1, help="How many transcripts.")
    ] = DEFAULTS.n_transcripts,
    shortest: Annotated[int, typer.Option(min=1, help="Least length, nt.")] = DEFAULTS.length[0],
    longest: Annotated[int, typer.Option(min=1, help="Greatest length, nt.")] = DEFAULTS.length[1],
    elements: Annotated[
        int, typer.Option(min=0, help="Elements planted in each transcript.")
    ] = DEFAULTS.n_sites,
    shared: Annotated[
        bool, typer.Option("--shared", help="Plant the same elements in every class: a control.")
    ] = False,
    seed: options.Seed = 0,
) -> None:
    """Write transcripts of two classes, alike but for elements planted at known positions.

    Nothing about them was measured: they test whether a model finds what is there.
    """
    refuse_overwriting(sites, {"the FASTA": output})
    params = SimulationParams(
        n_transcripts=number,
        length=(shortest, longest),
        n_sites=elements,
        shared_elements=shared,
    )
    write_transcripts(simulate_transcripts(params, seed=seed), output, sites=sites)
    write_origin(sites, origin_of(context))
    console.note(f"{number:,} transcripts in {output}")


@simulate.command(epilog=TISSUE_EXAMPLE)
def tissue(
    context: typer.Context,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="PATH", help="AnnData file, .h5ad.")
    ],
    spots: Annotated[int, typer.Option(min=1, help="Spots per slide.")] = TISSUE.n_spots,
    layers: Annotated[int, typer.Option(min=1, help="Layers of the tissue.")] = TISSUE.n_layers,
    slides: Annotated[int, typer.Option(min=1, help="Slides.")] = TISSUE.n_slides,
    depth: Annotated[
        float, typer.Option(help="Median counts per spot over all genes.")
    ] = TISSUE.depth,
    expected: Annotated[
        bool, typer.Option("--expected", help="Also write the true means: layers['expected'].")
    ] = False,
    seed: options.Seed = 0,
) -> None:
    """Write layered tissue on a Visium-like array, with its true layers and gene modules.

    Nothing about it was measured: it tests whether a method finds what is there. The file has
    obs["layer"], obs["slide"], obsm["spatial"] (micrometres) and var["module"].
    """
    from graphkit.omics import tell_origin, tissue_adata, write_adata

    params = TissueParams(n_spots=spots, n_layers=layers, n_slides=slides, depth=depth)
    adata = tissue_adata(simulate_tissue(params, seed=seed), expected=expected)
    tell_origin(adata, "simulate", origin_of(context))
    write_adata(adata, output)
    console.note(f"{adata.n_obs:,} spots x {adata.n_vars:,} genes in {output}")


@simulate.command(name="cells", epilog=CELLS_EXAMPLE)
def single_cells(
    context: typer.Context,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="PATH", help="AnnData file, .h5ad.")
    ],
    cells: Annotated[int, typer.Option(min=1, help="Cells.")] = CELLS.n_cells,
    types: Annotated[int, typer.Option(min=2, help="Types, of unequal sizes.")] = CELLS.n_types,
    batches: Annotated[int, typer.Option(min=1, help="Batches.")] = CELLS.n_batches,
    doublets: Annotated[
        float, typer.Option(min=0, max=0.99, help="Share of cells that are two.")
    ] = CELLS.doublets,
    wrong_labels: Annotated[
        float, typer.Option(min=0, max=0.99, help="Share of cells with another type's label.")
    ] = CELLS.wrong_labels,
    depth: Annotated[float, typer.Option(help="Median counts per cell.")] = CELLS.depth,
    seed: options.Seed = 0,
) -> None:
    """Write single cells with their true types, batches, doublets and wrong labels.

    Nothing about them was measured: they test whether a method finds what is there. The file has
    obs["cell_type"], obs["label"], obs["batch"], obs["doublet"] and var["marker_of"].
    """
    from graphkit.omics import cells_adata, tell_origin, write_adata

    params = CellsParams(
        n_cells=cells,
        n_types=types,
        n_batches=batches,
        doublets=doublets,
        wrong_labels=wrong_labels,
        depth=depth,
    )
    adata = cells_adata(simulate_cells(params, seed=seed))
    tell_origin(adata, "simulate", origin_of(context))
    write_adata(adata, output)
    console.note(f"{adata.n_obs:,} cells x {adata.n_vars:,} genes in {output}")
