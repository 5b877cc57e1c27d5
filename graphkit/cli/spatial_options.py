"""Options that the verbs for spots and cells share."""

from pathlib import Path
from typing import Annotated

import typer

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
Seed = Annotated[int, typer.Option("--seed", min=0, max=2**31 - 1, help="Same seed, same result.")]
