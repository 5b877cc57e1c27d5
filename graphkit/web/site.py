"""Hold one page: its jobs, how requests are read and how answers are made."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from functools import partial
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from graphkit.errors import InputError, printable
from graphkit.reports.pages import template
from graphkit.version import __version__
from graphkit.web.guard import Rate, from_elsewhere
from graphkit.web.inputs import RECORDS, TABLE, UPLOADS, USUAL, read_sequences, read_spots
from graphkit.web.jobs import OPEN, Full, Job, Jobs, State, note
from graphkit.web.limits import MB, Settings
from graphkit.web.process import Worker

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

    from starlette.applications import Starlette
    from starlette.types import Receive, Scope, Send

WORDS = {
    400: "The request cannot be read.",
    403: "This was sent by a page of another origin.",
    404: "There is nothing here. Results are dropped after a while.",
    405: "This cannot be done here.",
    408: "The upload took too long.",
    413: "This is too much at once.",
    415: "Send a form or JSON.",
    429: "There is too much to do at the moment. Try again in a few seconds.",
    500: "Something went wrong in the program.",
}
RETRY = "5"  # seconds
FORMS = {"multipart/form-data", "application/x-www-form-urlencoded"}


class Site:
    """Hold the jobs of one page, and what its routes share.

    Parameters
    ----------
    settings
        What it is opened with.
    start
        Starts a worker; by default a process.
    """

    jobs: Jobs
    opened: Job | None = None
    """The job of the table that was opened with the page."""
    failed: InputError | None = None
    """Why the page could not be opened."""

    def __init__(
        self, settings: Settings, start: Callable[[], Awaitable[Worker]] | None = None
    ) -> None:
        self.settings, self.limits = settings, settings.limits
        memory = self.limits.memory_mb
        self._start = start or partial(Worker.start, settings.model, memory_mb=memory)
        self._rate = Rate(self.limits.per_minute)

    @asynccontextmanager
    async def lifespan(self, _app: Starlette) -> AsyncIterator[None]:
        """Keep the workers and the private folder for as long as the page is open."""
        with TemporaryDirectory(prefix="graphkit-") as folder:
            self.jobs = Jobs(Path(folder), self.limits, start=self._start)
            try:
                await self.jobs.open()
            except InputError as error:
                self.failed = error
                raise
            try:
                if (table := self.settings.opened) is not None:
                    asked = {"name": table.name, "slots": USUAL}
                    self.opened = await self._submit(
                        "view", asked, partial(_link, table), lasting=True
                    )
                yield
            finally:
                await self.jobs.close()

    def find(self, request: Request) -> Job:
        """Return the job of a request, which is answered 404 where there is none."""
        job = self.jobs.find(request.path_params["id"])
        if job is None:
            raise HTTPException(404)
        return job

    def refuse_elsewhere(self, request: Request) -> None:
        """Answer 403 where a page of another origin sent a request."""
        if from_elsewhere(request):
            raise HTTPException(403)

    @asynccontextmanager
    async def fields(self, request: Request) -> AsyncIterator[dict[str, Any]]:
        """Read a form or JSON while it comes, within its time; files are closed at the end."""
        self.refuse_elsewhere(request)
        self._count(request)
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind == "application/json":
            async with asyncio.timeout(self.limits.upload_seconds):
                body = await request.body()
            yield _read_json(body)
            return
        if kind not in FORMS:
            raise HTTPException(415)
        most = self.limits.upload_mb * MB
        async with asyncio.timeout(self.limits.upload_seconds):
            form = await request.form(max_files=2, max_fields=20, max_part_size=most)
        try:
            texts = {
                name: value
                for name, value in form.items()
                if isinstance(value, str) and name not in UPLOADS
            }
            files = {
                name: (value.filename, value.file)
                for name, value in form.items()
                if isinstance(value, UploadFile) and value.filename
            }
            yield {**texts, **files}
        finally:
            await form.close()

    def _count(self, request: Request) -> None:
        if not self._rate.allows(request.client.host if request.client else ""):
            raise HTTPException(429, headers={"retry-after": "60"})

    async def localize(self, fields: Mapping[str, Any]) -> Job:
        """Put sequences in the queue; the fields are those of :func:`read_sequences`."""
        found = await asyncio.to_thread(
            read_sequences, fields, self.limits, transcripts=self.settings.transcripts
        )
        asked = {"name": found.name, "notes": found.notes, "total": len(found.records)}
        return await self._submit("localize", asked, found.write)

    async def table(self, verb: str, fields: Mapping[str, Any]) -> Job:
        """Put a table in the queue; the fields are those of :func:`read_spots`."""
        found = read_spots(verb, fields)
        return await self._submit(verb, found.asked(), found.write)

    async def explain(self, request: Request) -> Job:
        """Return the job that explains a record of another."""
        job, number = self.find(request), request.path_params["number"]
        known = job.children.get(number)
        if known is not None and self.jobs.find(known.id) and known.state in {*OPEN, State.DONE}:
            return known
        if job.verb != "localize" or job.state is not State.DONE:
            raise HTTPException(404)
        with (job.folder / RECORDS).open("rb") as file:
            line = next(islice(file, number - 1, None), b"") if number else b""
        if not line:
            raise HTTPException(404)
        self._count(request)
        asked = {"name": job.asked["name"], "parent": job.id}
        fill = partial(_put, line)
        job.children[number] = child = await self._submit("explain", asked, fill, parent=job)
        return child

    async def _submit(
        self, verb: str, asked: Mapping[str, Any], fill: Callable[[Path], None], **more: Any
    ) -> Job:
        limits = {"seconds": self.limits.seconds, "memory_mb": self.limits.memory_mb}
        known = {"verb": verb, "model": self.settings.model, **limits, **asked}
        return await self.jobs.submit(verb, known, fill, **more)

    def page(
        self,
        request: Request,
        name: str,
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        **values: Any,
    ) -> Response:
        """Return the page of a template, filled with `values`."""
        path = request.url.path
        values |= {"home": "../" * (path.count("/") - 1) or "./", "here": path.removeprefix("/")}
        values |= {"version": __version__, "limits": self.limits, "about": self.jobs.about}
        html = template(f"web/{name}.html.jinja").render(**values)
        return Response(html, status, headers, media_type="text/html")

    def problem(self, request: Request, error: Exception) -> Response:
        """Answer with an error: as JSON where JSON was asked, else as a page."""
        text, headers = "", None
        if isinstance(error, HTTPException):
            status, headers = error.status_code, error.headers
        elif isinstance(error, InputError):
            status, text = 422, printable(str(error))
        elif isinstance(error, Full):
            status, headers = 429, {"retry-after": RETRY}
        else:
            status = {TimeoutError: 408, ClientDisconnect: 400}.get(type(error), 500)
        if status == 500:
            note("error", kind=type(error).__name__)
        text = text or WORDS.get(status, "This cannot be done.")
        if request.url.path.startswith("/api/"):
            return JSONResponse({"error": text}, status, headers)
        values = {"heading": f"Not done ({status})", "text": text}
        return self.page(request, "message", status=status, headers=headers, **values)

    async def too_large(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a body that is over its cap."""
        await self.problem(Request(scope), HTTPException(413))(scope, receive, send)


def _read_json(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise InputError("the body is no JSON", remedy='Send {"fasta": "..."}.') from error
    if not isinstance(found, dict):
        raise InputError("the body is no JSON object", remedy='Send {"fasta": "..."}.')
    return {name: value for name, value in found.items() if name not in UPLOADS}


def _put(line: bytes, folder: Path) -> None:
    (folder / RECORDS).write_bytes(line)


def _link(table: Path, folder: Path) -> None:
    (folder / TABLE).symlink_to(table.resolve())
