"""Make the pages: forms, jobs and their results."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from graphkit.datasets import shipped
from graphkit.errors import InputError, printable
from graphkit.reports.pages import template
from graphkit.version import __version__
from graphkit.web.guard import REPORT
from graphkit.web.inputs import VERBS
from graphkit.web.jobs import OPEN, State
from graphkit.web.limits import MB
from graphkit.web.results import FILES, SHOWN

if TYPE_CHECKING:
    from starlette.requests import Request

    from graphkit.web.site import Site

EXAMPLE = "mouse_lincrnas.fasta"
STATUS = {State.REFUSED: 422, State.FAILED: 500, State.TIMED_OUT: 504}
LOOK_AGAIN = "2"  # seconds
TEXT_KEPT = 100_000


class Pages:
    """Answer the routes for readers.

    Parameters
    ----------
    site
        What is behind them.
    """

    def __init__(self, site: Site) -> None:
        self._site = site

    def routes(self) -> list[Route]:
        """Return the routes of the pages."""
        limits = self._site.limits
        post = partial(Route, methods=["POST"])
        return [
            Route("/", self.sequences),
            post("/", self.send_sequences, max_body_size=limits.upload_mb * MB),
            Route("/slides", self.slides),
            post("/slides", self.send_table, max_body_size=limits.slide_mb * MB),
            Route("/model", self.model),
            Route("/style.css", self.style),
            Route("/healthz", self.health),
            Route("/jobs/{id}/", self.job),
            post("/jobs/{id}/cancel", self.cancel),
            post("/jobs/{id}/delete", self.delete),
            Route("/jobs/{id}/records/{number:int}/", self.record),
            Route("/jobs/{id}/{name}", self.file),
        ]

    async def sequences(self, request: Request) -> Response:
        """Show the form for sequences."""
        example = "example" in request.query_params
        fasta = shipped(EXAMPLE).read_text("utf-8") if example else ""
        return self._sequences(request, fasta=fasta)

    async def send_sequences(self, request: Request) -> Response:
        """Take sequences from the form, or show it again with what is wrong."""
        async with self._site.fields(request) as fields:
            try:
                job = await self._site.localize(fields)
            except InputError as error:
                given = {
                    name: text if isinstance(text := fields.get(name, ""), str) else ""
                    for name in ("fasta", "ids")
                }
                kept = {name: text[:TEXT_KEPT] for name, text in given.items()}
                return self._sequences(request, **kept, refusal=printable(str(error)), status=422)
        return RedirectResponse(f"jobs/{job.id}/", 303)

    def _sequences(self, request: Request, **values: Any) -> Response:
        given = self._site.settings.transcripts
        opened = self._site.opened and self._site.opened.id
        values = {"fasta": "", "ids": "", "refusal": "", "opened": opened, **values}
        return self._site.page(request, "sequences", transcripts=given and given.name, **values)

    async def slides(self, request: Request) -> Response:
        """Show the form for tables."""
        return self._site.page(request, "slides", verbs=VERBS, refusal="")

    async def send_table(self, request: Request) -> Response:
        """Take a table from the form, or show it again with what is wrong."""
        async with self._site.fields(request) as fields:
            try:
                job = await self._site.table(str(fields.get("verb", "")), fields)
            except InputError as error:
                refusal = printable(str(error))
                return self._site.page(request, "slides", verbs=VERBS, refusal=refusal, status=422)
        return RedirectResponse(f"jobs/{job.id}/", 303)

    async def model(self, request: Request) -> Response:
        """Show the card of the model."""
        return self._site.page(request, "model")

    async def style(self, _request: Request) -> Response:
        """Return the one style sheet of all pages."""
        headers = {"cache-control": "max-age=3600"}
        return Response(template("web/style.css").render(), media_type="text/css", headers=headers)

    async def health(self, _request: Request) -> Response:
        """Say that the page lives and how much there is to do."""
        return JSONResponse({"ok": True, "version": __version__, **self._site.jobs.health()})

    async def job(self, request: Request) -> Response:
        """Show the result of a job, or where it stands."""
        job = self._site.find(request)
        if job.state is State.DONE:
            headers = {"content-security-policy": REPORT}
            return FileResponse(job.folder / SHOWN, media_type="text/html", headers=headers)
        ahead = self._site.jobs.waiting.index(job) if job in self._site.jobs.waiting else 0
        headers = {"refresh": LOOK_AGAIN} if job.state in OPEN else {}
        back = f"../{job.parent.id}/" if job.parent else "../../"
        if job.verb in VERBS:
            back += "slides"
        status = STATUS.get(job.state, 200)
        return self._site.page(
            request, "job", job=job, ahead=ahead, back=back, status=status, headers=headers
        )

    async def record(self, request: Request) -> Response:
        """Open a row: explain its record, unless that was done."""
        child = await self._site.explain(request)
        return RedirectResponse(f"../../../{child.id}/", 303)

    async def cancel(self, request: Request) -> Response:
        """Stop a job."""
        self._site.refuse_elsewhere(request)
        self._site.jobs.cancel(self._site.find(request))
        return RedirectResponse("./", 303)

    async def delete(self, request: Request) -> Response:
        """Drop a job and its results."""
        self._site.refuse_elsewhere(request)
        self._site.jobs.drop(self._site.find(request))
        return RedirectResponse("../../", 303)

    async def file(self, request: Request) -> Response:
        """Hand out a file of a job that is done."""
        job, name = self._site.find(request), request.path_params["name"]
        if name not in FILES or job.state is not State.DONE or not (job.folder / name).is_file():
            raise HTTPException(404)
        headers = {"content-security-policy": REPORT}
        return FileResponse(
            job.folder / name, media_type=FILES[name], filename=name, headers=headers
        )
