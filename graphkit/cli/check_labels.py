"""``graphkit check-labels``: labelled cells in, those with likely wrong labels out."""

from pathlib import Path
from typing import Annotated

import typer

from graphkit.cli.terminal import console, options
from graphkit.cli.terminal.places import check_place
from graphkit.cli.terminal.spots import check_places, reporting, save

EXAMPLE = """
Examples:

  graphkit check-labels cells.h5ad -o checked.h5ad --label cell_type
  graphkit check-labels cells.h5ad -o checked.h5ad --label cell_type --table suspicious.tsv
"""
KEY = "suggested"


def check_labels(
    context: typer.Context,
    source: options.Source,
    output: options.Result,
    label: Annotated[
        str, typer.Option(metavar="COLUMN", help="Labels to check: obs[COLUMN].")
    ] = "cell_type",
    table: Annotated[
        Path | None,
        typer.Option(metavar="OUT.tsv", help="Also write the most suspicious and their reasons."),
    ] = None,
    most: Annotated[int, typer.Option(min=1, help="At most so many rows of the table.")] = 100,
    min_counts: Annotated[int, typer.Option(min=0, help="Do not check cells with fewer.")] = 10,
    layer: options.Layer = None,
    seed: options.Seed = 0,
    threads: options.Threads = None,
) -> None:
    """Find the cells whose label is likely wrong, and suggest another.

    OUT.h5ad holds IN, obs["suggested"], obs["suspicion"] (how likely the label is wrong) and
    obs["was_anchor"]. Each cell is predicted from the others; how often labels are wrong is
    estimated from that, so that next to none is changed where they are right.
    """
    check_places(source, output=output, figure=None)
    check_place(table, option="--table", others={"the input": source, "the results": output})
    with reporting(source, device="cpu", threads=threads):
        from graphkit.cli.terminal.delivery import origin_of
        from graphkit.omics import read_spatial
        from graphkit.reports.output import write_origin
        from graphkit.reports.tables import format_of, write_table
        from graphkit.tasks.cells.check import LabelCheck

        adata = read_spatial(source, layer=layer, spatial_key=None)
        model = LabelCheck(min_counts=min_counts, random_state=seed)
        with console.progress("Checking labels", total=None):
            model.fit(adata, label=label, layer=layer)
        model.annotate(adata)
        about = adata.uns[KEY]
        console.note(f"{about['wrong']:.1%} of the labels are likely wrong")
        if table is not None:
            write_table(model.table(adata, n=most), table, format=format_of(table, None))
            write_origin(table, origin_of(context, source))
        what = f"with {about['changed']:,} labels changed: obs[{KEY!r}]"
        save(adata, output, what=what, key=KEY, source=source, rows="cells")
