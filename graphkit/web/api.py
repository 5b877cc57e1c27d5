"""Serve the JSON API: the same jobs, for programs."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from graphkit.web import openapi
from graphkit.web.inputs import VERBS
from graphkit.web.jobs import State
from graphkit.web.limits import MB
from graphkit.web.results import FILES

if TYPE_CHECKING:
    from starlette.requests import Request

    from graphkit.web.jobs import Job
    from graphkit.web.site import Site


class Api:
    """Answer the routes for programs.

    Parameters
    ----------
    site
        What is behind them.
    """

    def __init__(self, site: Site) -> None:
        self._site = site

    def routes(self) -> list[Route]:
        """Return the routes of the API."""
        limits = self._site.limits
        post = partial(Route, methods=["POST"])
        tables = [
            post(
                f"/api/{verb}", partial(self.table, verb), name=verb,
                max_body_size=limits.slide_mb * MB,
            )
            for verb in VERBS
        ]  # fmt: skip
        return [
            Route("/api", self.page),
            Route("/openapi.json", self.document),
            post("/api/localize", self.localize, max_body_size=limits.upload_mb * MB),
            *tables,
            Route("/api/jobs/{id}", self.job),
            Route("/api/jobs/{id}", self.delete, methods=["DELETE"]),
            post("/api/jobs/{id}/records/{number:int}", self.record),
        ]

    async def page(self, request: Request) -> Response:
        """Show how the API is used."""
        curl = openapi.curl_lines(f"{request.url.scheme}://{request.headers['host']}")
        return self._site.page(request, "api", curl=curl, answers=openapi.ANSWERS, verbs=VERBS)

    async def document(self, _request: Request) -> Response:
        """Return the OpenAPI document."""
        return JSONResponse(openapi.document(self._site.limits))

    async def localize(self, request: Request) -> Response:
        """Take sequences."""
        async with self._site.fields(request) as fields:
            return _accepted(await self._site.localize(fields))

    async def table(self, verb: str, request: Request) -> Response:
        """Take a table."""
        async with self._site.fields(request) as fields:
            return _accepted(await self._site.table(verb, fields))

    async def job(self, request: Request) -> Response:
        """Say where a job stands."""
        return JSONResponse(_as_dict(self._site.find(request)))

    async def record(self, request: Request) -> Response:
        """Explain one record of a job."""
        self._site.refuse_elsewhere(request)
        return _accepted(await self._site.explain(request))

    async def delete(self, request: Request) -> Response:
        """Drop a job."""
        self._site.refuse_elsewhere(request)
        self._site.jobs.drop(self._site.find(request))
        return Response(status_code=204)


def _as_dict(job: Job) -> dict[str, Any]:
    there = [name for name in FILES if job.state is State.DONE and (job.folder / name).is_file()]
    return {
        **{name: getattr(job, name) for name in ("id", "verb", "state", "text", "step", "total")},
        "page": f"/jobs/{job.id}/",
        "files": {name: f"/jobs/{job.id}/{name}" for name in there},
    }


def _accepted(job: Job) -> Response:
    return JSONResponse(_as_dict(job), 202, {"location": f"/api/jobs/{job.id}"})
