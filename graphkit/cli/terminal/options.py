"""Options that several verbs share."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from graphkit.reports.tables import Format

Fasta = Annotated[
    str, typer.Argument(metavar="INPUT", help="FASTA, plain or packed; - reads stdin.")
]
Fastas = Annotated[
    list[str],
    typer.Argument(metavar="INPUT...", help="FASTA, plain or packed, one or more; - reads stdin."),
]
Labelled = Annotated[
    str, typer.Argument(metavar="LABELLED.fasta", help="FASTA, headers `>id|label`.")
]
Source = Annotated[
    Path,
    typer.Argument(
        metavar="IN",
        help=".h5ad, .zarr, folder of Space Ranger, Xenium, CosMx, MERSCOPE, Slide-seq or "
        "SpatialData, .gem, or a matrix or table of counts.",
    ),
]
Result = Annotated[
    Path,
    typer.Option("--output", "-o", metavar="OUT.h5ad", help="IN and the results: .h5ad or .zarr."),
]
Figure = Annotated[
    Path | None,
    typer.Option("--figure", metavar="OUT.png", help="Also draw the results: .png, .svg or .pdf."),
]
Photograph = Annotated[
    bool, typer.Option("--photograph", help="Draw over the tissue image, where there is one.")
]
Layer = Annotated[
    str | None,
    typer.Option("--layer", metavar="NAME", help="Raw counts are in this layer, not in X."),
]
SpatialKey = Annotated[
    str, typer.Option("--spatial-key", metavar="KEY", help="Coordinates: obsm[KEY].")
]
LibraryKey = Annotated[
    str | None,
    typer.Option(
        "--library-key", metavar="KEY", help="Slides: obs[KEY]. Spots of two are never neighbours."
    ),
]
Positions = Annotated[
    Path | None,
    typer.Option(
        "--positions", metavar="FILE", help="Table of places, where it is not beside the counts."
    ),
]
Bin = Annotated[
    int | None,
    typer.Option("--bin", min=1, help="Which bins: of Visium HD in um, of Stereo-seq in spots."),
]
SaveModel = Annotated[
    Path | None,
    typer.Option("--save-model", metavar="DIR", help="Also keep the model, for --model."),
]
Model = Annotated[
    Path | None,
    typer.Option("--model", metavar="DIR", help="Apply what --save-model kept; fit nothing."),
]
Seed = Annotated[int, typer.Option("--seed", min=0, max=2**31 - 1, help="Same seed, same result.")]


Labels = Annotated[
    Path | None,
    typer.Option("--labels", metavar="TSV", help="Labels, id<TAB>label, not from headers."),
]
Target = Annotated[
    Path | None,
    typer.Option(
        "--target",
        metavar="TSV",
        help="Several labels: 0 or 1 in a column for each, or one column, labels, of A;B.",
    ),
]
MapLabels = Annotated[
    list[str] | None,
    typer.Option(
        "--map-labels", metavar="OLD=NEW", help="Call a label by another name; may be repeated."
    ),
]
NamedModel = Annotated[
    str, typer.Option("--model", metavar="NAME|DIR", help="A model, see `models`.")
]
Recipe = Annotated[str, typer.Option("--method", help="What to train.")]
K = Annotated[
    int | None,
    typer.Option("--k", min=2, max=8, help="Letters per k-mer.", show_default="the method's"),
]
Epochs = Annotated[
    int | None,
    typer.Option("--epochs", min=1, help="At most so many epochs.", show_default="the method's"),
]
TableFile = Annotated[
    Path | None, typer.Option("--output", "-o", metavar="OUT", help="Write here, not stdout.")
]
Folder = Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="The folder to make.")]
Report = Annotated[
    Path | None,
    typer.Option("--report", metavar="OUT.html", help="Also write a page to read and share."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Write JSON, not a table.")]
Force = Annotated[bool, typer.Option("--force", help="Replace older results in DIR.")]


class OnError(StrEnum):
    """What to do with a record that cannot be used."""

    SKIP = "skip"
    FAIL = "fail"


Unusable = Annotated[
    OnError, typer.Option("--on-error", help="A record that cannot be used: go on, or stop.")
]


class Engine(StrEnum):
    """Where the work is done."""

    HERE = "here"
    RAY = "ray"


EngineName = Annotated[
    Engine, typer.Option("--engine", help="This process, or many cores and machines by Ray.")
]
Address = Annotated[
    str | None,
    typer.Option(
        "--address",
        metavar="auto|HOST:PORT",
        help="With --engine ray: the cluster.",
        show_default="one of this machine's cores",
    ),
]
Workers = Annotated[
    int | None,
    typer.Option("--workers", min=1, help="With --engine ray: cores to use.", show_default="all"),
]
OnDisk = Annotated[
    bool | None,
    typer.Option(
        "--on-disk/--in-memory",
        help="Whether counts of an .h5ad or .zarr stay in a scratch file (of TMPDIR).",
        show_default="on disk above an eighth of the free memory",
    ),
]
Device = Annotated[
    str, typer.Option("--device", help="auto, cpu, cuda, cuda:N or mps.", show_default=True)
]
Threads = Annotated[
    int | None,
    typer.Option("--threads", min=1, max=1024, help="Threads for arithmetic.", show_default="all"),
]


Gtf = Annotated[
    Path | None, typer.Option("--gtf", metavar="GTF", help="Genes of the transcripts: from here.")
]
Genome = Annotated[
    Path | None,
    typer.Option(
        "--genome", metavar="FASTA", help="INPUT may be GTF or BED12: its letters are from here."
    ),
]
GeneMapFile = Annotated[
    Path | None,
    typer.Option(
        "--gene-map", metavar="TSV", help="Or from here: transcript, gene and, if known, symbol."
    ),
]
TableFormat = Annotated[
    Format | None,
    typer.Option(
        "--format", help="How rows are written.", show_default="by the ending of -o, else tsv"
    ),
]


class Method(StrEnum):
    """How a prediction is explained."""

    GRADIENTS = "gradients"
    MUTAGENESIS = "mutagenesis"
    OCCLUSION = "occlusion"
    ATTENTION = "attention"
