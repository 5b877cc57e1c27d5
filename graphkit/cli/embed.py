"""``graphkit embed``: a FASTA in, a table for scanpy out."""

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

import graphkit
from graphkit.cli.terminal import console, options
from graphkit.cli.terminal.delivery import origin_of
from graphkit.cli.terminal.engine import check_engine, spread_over
from graphkit.cli.terminal.loading import load_ensemble, model_sha256
from graphkit.cli.terminal.places import RESULT, check_place
from graphkit.cli.terminal.reading import begin_reading, files_among, with_genes
from graphkit.omics import tell_origin
from graphkit.tasks.verbs import embed_each, embedding

EXAMPLE = """
Examples:

  graphkit embed lncrnas.fa -o lncrnas.h5ad
  graphkit embed lncrnas.fa -o lncrnas.h5ad --gtf gencode.gtf.gz
  graphkit embed species/*.fa.gz -o species.h5ad --engine ray
"""


def embed(
    context: typer.Context,
    source: options.Fastas,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="OUT.h5ad", help="The file to make.")
    ],
    gtf: options.Gtf = None,
    gene_map: options.GeneMapFile = None,
    genome: options.Genome = None,
    model: options.NamedModel = "lncloc",
    on_error: options.Unusable = options.OnError.SKIP,
    device: options.Device = "auto",
    threads: options.Threads = None,
    engine: options.EngineName = options.Engine.HERE,
    address: options.Address = None,
    workers: options.Workers = None,
) -> None:
    """Embed transcripts: one row each, for scanpy's neighbours, clusters and maps.

    X holds what the last layer of each member of the model reads, side by side: give it to
    scanpy.pp.neighbors(adata, use_rep="X"). obs holds the columns that localize writes.
    """
    given = {
        **files_among(source),
        "the GTF": gtf,
        "the map of genes": gene_map,
        "the genome": genome,
    }
    check_engine(engine, address=address, workers=workers, device=device)
    check_place(output, option="-o", suffixes=RESULT, others=given)
    records = with_genes(begin_reading(*source, genome=genome), gtf=gtf, gene_map=gene_map)
    ensemble = load_ensemble(model, device=device, threads=threads)
    origin = origin_of(context, *source, model_sha256=model_sha256(model))
    with spread_over(engine, address=address, workers=workers, output=output) as spread:
        task = partial(embed_each, ensemble, on_error=on_error.value)
        found = list(spread(task, records, origin))
        adata = embedding(ensemble, found)
        tell_origin(adata, "embed", origin)
        graphkit.write_adata(adata, output)
    left_out = len(found) - adata.n_obs
    if left_out:
        console.warn(f"{left_out:,} records cannot be read and were left out")
    console.note(f"{adata.n_obs:,} transcripts x {adata.n_vars:,} numbers in {output}")
