"""Describe the API: an OpenAPI document, and lines for curl that work."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphkit.version import __version__
from graphkit.web.inputs import UPLOADS, VERBS, fields_of
from graphkit.web.jobs import State

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graphkit.web.limits import Limits

ANSWERS = {
    202: "The job waits; its state is at the address in Location.",
    400: "The request cannot be read.",
    403: "A page of another origin sent it.",
    404: "There is no such job or file, or it was dropped.",
    408: "The body came too slowly.",
    413: "The body is over its cap.",
    415: "The body is of no type that is read here.",
    422: "The input cannot be used: error says why and what to do.",
    429: "Too many jobs wait, or came from this address: try again after Retry-After seconds.",
}
_ERROR = {"type": "object", "required": ["error"], "properties": {"error": {"type": "string"}}}
_TEXT = {"type": "string"}
_JOB = {
    "type": "object",
    "required": ["id", "verb", "state", "text", "step", "total", "page", "files"],
    "properties": {
        "id": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
        "verb": _TEXT,
        "state": {"type": "string", "enum": [*State]},
        "text": {"type": "string", "description": "What is wrong, where something is."},
        "step": {"type": "integer"},
        "total": {"type": "integer"},
        "page": {"type": "string", "description": "Path of the page for a reader."},
        "files": {"type": "object", "additionalProperties": _TEXT, "description": "Their paths."},
    },
}
_ID = {"name": "id", "in": "path", "required": True, "schema": _TEXT}
_NUMBER = {"name": "number", "in": "path", "required": True, "schema": {"type": "integer"}}


def document(limits: Limits) -> dict[str, Any]:
    """Return the OpenAPI document of the API with its caps."""
    sequences = {
        "fasta": {**_TEXT, "description": "FASTA, or one sequence alone."},
        "ids": {**_TEXT, "description": "Only these, parted by white space."},
    }
    upload = {**sequences, "file": {**_TEXT, "format": "binary"}}
    caps = f"At most {limits.sequences:,} sequences of {limits.letters:,} letters"
    paths: dict[str, Any] = {
        "/api/localize": {
            "post": {
                "summary": "Predict where in the cell each transcript sits.",
                "description": f"{caps}, {limits.upload_mb} MB in all.",
                "requestBody": _body(
                    {"application/json": sequences, "multipart/form-data": upload}
                ),
                "responses": _responses(202, 400, 403, 408, 413, 415, 422, 429),
            }
        },
        "/api/jobs/{id}": {
            "get": {
                "summary": "Ask for the state of a job.",
                "parameters": [_ID],
                "responses": {"200": _content("The job.", _JOB), **_responses(404)},
            },
            "delete": {
                "summary": "Stop a job and drop its results.",
                "parameters": [_ID],
                "responses": {"204": {"description": "It is gone."}, **_responses(403, 404)},
            },
        },
        "/api/jobs/{id}/records/{number}": {
            "post": {
                "summary": "Explain one record of a job, by its number from 1.",
                "parameters": [_ID, _NUMBER],
                "responses": _responses(202, 403, 404, 429),
            }
        },
    }
    for verb in VERBS:
        table = {
            name: {**_TEXT, "format": "binary"} if name in UPLOADS else _TEXT
            for name in fields_of(verb)
        }
        paths[f"/api/{verb}"] = {
            "post": {
                "summary": f"Do what graphkit {verb} does with an .h5ad file.",
                "description": f"At most {limits.slide_mb} MB.",
                "requestBody": _body({"multipart/form-data": table}),
                "responses": _responses(202, 400, 403, 408, 413, 415, 422, 429),
            }
        }
    return {
        "openapi": "3.1.0",
        "info": {"title": "graphkit", "version": __version__},
        "paths": paths,
    }


def _body(kinds: dict[str, dict[str, Any]]) -> dict[str, Any]:
    content = {
        kind: {"schema": {"type": "object", "properties": fields}} for kind, fields in kinds.items()
    }
    return {"required": True, "content": content}


def _responses(*statuses: int) -> dict[str, Any]:
    return {
        str(status): _content(ANSWERS[status], _JOB if status == 202 else _ERROR)
        for status in statuses
    }


def _content(words: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": words, "content": {"application/json": {"schema": schema}}}


def curl_lines(base: str) -> dict[str, Iterable[str]]:
    """Return lines for a shell; `base` is the address of the page, without a slash at its end."""
    asked = f'until curl -fsS {base}/api/jobs/$JOB | grep -q \'"state":"done"\'; do sleep 1; done'
    found = "JOB=$(curl -fsS -F file=@{file} {more}{base}/api/{verb} | {read})"
    read = 'sed \'s/.*"id":"\\([0-9a-f]*\\)".*/\\1/\''
    return {
        "sequences": (
            found.format(file="lncrnas.fa", more="", base=base, verb="localize", read=read),
            asked,
            f"curl -fsS {base}/jobs/$JOB/table.tsv",
            f"curl -fsS -X DELETE {base}/api/jobs/$JOB",
        ),
        "tables": (
            found.format(
                file="slide.h5ad", more="-F n_domains=7 ", base=base, verb="domains", read=read
            ),
            asked,
            f"curl -fsS -o domains.h5ad {base}/jobs/$JOB/result.h5ad",
        ),
        "types": (
            found.format(
                file="cells.h5ad",
                more="-F reference=@reference.h5ad -F label=cell_type ",
                base=base,
                verb="annotate",
                read=read,
            ),
        ),
    }
