"""``graphkit embed``: a FASTA in, a table for scanpy out."""

from pathlib import Path
from typing import Annotated

import typer

import graphkit
from graphkit.cli.terminal import console, options
from graphkit.cli.terminal.delivery import origin_of
from graphkit.cli.terminal.loading import load_model, model_sha256
from graphkit.cli.terminal.places import RESULT, check_place
from graphkit.cli.terminal.reading import begin_reading, files_among, with_genes
from graphkit.omics import tell_origin

EXAMPLE = """
Examples:

  graphkit embed lncrnas.fa -o lncrnas.h5ad
  graphkit embed lncrnas.fa -o lncrnas.h5ad --gtf gencode.gtf.gz
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
    check_place(output, option="-o", suffixes=RESULT, others=given)
    records = list(with_genes(begin_reading(*source, genome=genome), gtf=gtf, gene_map=gene_map))
    loaded = load_model(model, device=device, threads=threads)
    adata = graphkit.embed(loaded, records, on_error=on_error.value)
    tell_origin(adata, "embed", origin_of(context, *source, model_sha256=model_sha256(model)))
    graphkit.write_adata(adata, output)
    left_out = len(records) - adata.n_obs
    if left_out:
        console.warn(f"{left_out:,} records cannot be read and were left out")
    console.note(f"{adata.n_obs:,} transcripts x {adata.n_vars:,} numbers in {output}")
