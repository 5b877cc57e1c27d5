"""Run the server: a socket, uvicorn, and a quiet end."""

from __future__ import annotations

import logging
import os
import socket
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from graphkit.errors import InputError
from graphkit.web.limits import LOCAL, PUBLIC, Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

NEEDED = ("starlette", "uvicorn", "python_multipart")
HERE = ("127.0.0.1", "::1", "localhost")


def serve(
    *,
    opened: str | Path | None = None,
    transcripts: str | Path | None = None,
    model: str = "lncloc",
    host: str = "127.0.0.1",
    port: int = 8000,
    names: Sequence[str] = (),
    public: bool = False,
    limits: Sequence[str] = (),
    tell: Callable[[str], None] = print,
) -> None:
    """Serve the page until it is interrupted.

    Parameters
    ----------
    opened
        Table with results to show.
    transcripts
        FASTA in which ids that are sent alone are looked up.
    model
        Name or folder.
    host, port
        Where to listen; port 0 for one that is free.
    names
        Of the page on the net; needed where others may ask.
    public
        Whether the caps are those for strangers.
    limits
        Other caps, ``NAME=NUMBER``; those of the environment, ``GRAPHKIT_LIMIT_NAME``, are below.
    tell
        Takes the address of the page.

    Raises
    ------
    InputError
        Where a library, a file or a model is not there, or the address cannot be had.
    """
    if missing := [one for one in NEEDED if find_spec(one) is None]:
        remedy = "Install it: pip install 'graphkit-bio[web]'."
        raise InputError(f"the page needs {', '.join(missing)}", remedy=remedy)
    for path, slot in ((opened, "--open"), (transcripts, "--transcripts")):
        if path is not None and not Path(path).is_file():
            raise InputError("no such file", file=path, slot=slot, remedy="Check the path.")
    if host not in HERE and not names:
        remedy = "Give the name they know it by."
        raise InputError("missing: others may ask", slot="--name", remedy=remedy)
    settings = Settings(
        limits=(PUBLIC if public else LOCAL).but(limits, os.environ),
        model=model,
        transcripts=None if transcripts is None else Path(transcripts),
        opened=None if opened is None else Path(opened),
        hosts=tuple(names),
    )
    _run(settings, host=host, port=port, tell=tell)


def _run(settings: Settings, *, host: str, port: int, tell: Callable[[str], None]) -> None:
    import uvicorn

    from graphkit.web.app import make_app
    from graphkit.web.site import Site

    try:
        listening = socket.create_server(
            (host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET
        )
    except OSError as error:
        raise InputError(
            f"{host}, port {port}: {error.strerror}", slot="--port", remedy="Choose another."
        ) from error
    site = Site(settings)
    config = uvicorn.Config(
        make_app(site),
        loop="asyncio",
        http="h11",
        ws="none",
        access_log=False,  # a path holds the id of a job
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=5,
    )
    logging.getLogger("uvicorn.error").disabled = True  # its tracebacks; the guard notes errors
    with listening:
        server = uvicorn.Server(config)
        shown = f"[{host}]" if ":" in host else host
        tell(f"http://{shown}:{listening.getsockname()[1]}/")
        try:
            server.run(sockets=[listening])
        except SystemExit:  # uvicorn's, where the page could not be opened
            if site.failed is None:
                raise
            raise site.failed from None
