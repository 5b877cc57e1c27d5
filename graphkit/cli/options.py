"""Options that several verbs share."""

from enum import StrEnum
from typing import Annotated

import typer


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
