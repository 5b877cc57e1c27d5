"""Options that several verbs share."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from graphkit.reports.tables import Format

Source = Annotated[
    Path,
    typer.Argument(
        metavar="IN", help=".h5ad, .zarr, Space Ranger outs, Xenium or SpatialData folder."
    ),
]
Result = Annotated[
    Path, typer.Option("--output", "-o", metavar="OUT.h5ad", help="IN and the results.")
]
Figure = Annotated[
    Path | None,
    typer.Option("--figure", metavar="OUT.png", help="Also draw them: .png, .svg or .pdf."),
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
SaveModel = Annotated[
    Path | None,
    typer.Option("--save-model", metavar="DIR", help="Also keep the model, for --model."),
]
Model = Annotated[
    Path | None,
    typer.Option("--model", metavar="DIR", help="Apply what --save-model kept; fit nothing."),
]
Seed = Annotated[int, typer.Option("--seed", min=0, max=2**31 - 1, help="Same seed, same result.")]


class OnError(StrEnum):
    """What to do with a record that cannot be used."""

    SKIP = "skip"
    FAIL = "fail"


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
MapLabels = Annotated[
    list[str] | None,
    typer.Option(
        "--map-labels", metavar="OLD=NEW", help="Call a label by another name; may be repeated."
    ),
]


class Method(StrEnum):
    """How a prediction is explained."""

    GRADIENTS = "gradients"
    MUTAGENESIS = "mutagenesis"
    OCCLUSION = "occlusion"
    ATTENTION = "attention"
