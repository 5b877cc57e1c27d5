"""``graphkit serve``: the page, on this machine or for others."""

import logging
import sys
from pathlib import Path
from typing import Annotated

import typer

from graphkit.cli.terminal import console, options

EXAMPLE = """
Examples:

  graphkit serve
  graphkit serve --transcripts gencode.lncRNA.fa.gz --limit sequences=5000
  graphkit serve --open domains.h5ad
  graphkit serve --public --host 0.0.0.0 --name lnc.example.org
"""


def serve(
    opened: Annotated[
        Path | None,
        typer.Option("--open", metavar="RESULT.h5ad", help="Also show the results in a table."),
    ] = None,
    transcripts: Annotated[
        Path | None,
        typer.Option(metavar="FASTA", help="Ids that are sent alone are looked up here."),
    ] = None,
    model: options.NamedModel = "lncloc",
    host: Annotated[str, typer.Option(help="Address to listen at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65_535, help="0: one that is free.")] = 8000,
    name: Annotated[
        list[str] | None,
        typer.Option(help="Name of the page on the net; may be repeated.", show_default=False),
    ] = None,
    public: Annotated[
        bool, typer.Option("--public", help="Caps for strangers, not for one's own machine.")
    ] = False,
    limit: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=N", help="Another cap; may be repeated.", show_default=False),
    ] = None,
) -> None:
    """Serve graphkit as a page in a browser, for a FASTA, a slide or cells.

    It works without internet and without JavaScript, on this machine, until Ctrl-C. What is sent
    lies in a private folder until its results are dropped, after an hour. The log, one line of JSON
    on stderr for each request, says nothing of what was sent.

    Caps for --limit, each also GRAPHKIT_LIMIT_NAME in the environment: sequences, letters (of one),
    upload_mb, slide_mb, memory_mb, upload_seconds, seconds (of a job), queue, workers, per_minute
    (jobs of one address), keep_minutes, kept (results). --public means 50 sequences of 100 kb, 2
    MB, 20 MB for a slide, 60 seconds, 20 jobs in the queue and a minute.
    """
    from graphkit.web import server

    logging.basicConfig(stream=sys.stderr, format="%(message)s")
    logging.getLogger("graphkit.web").setLevel(logging.INFO)
    server.serve(
        opened=opened,
        transcripts=transcripts,
        model=model,
        host=host,
        port=port,
        names=name or (),
        public=public,
        limits=limit or (),
        tell=lambda address: console.note(f"The page: {address}"),
    )
