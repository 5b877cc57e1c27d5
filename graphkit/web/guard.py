"""Check every request before its route: its host, origin and rate; set headers; write the log."""

from __future__ import annotations

import time
from collections import OrderedDict, deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders

from graphkit.web.jobs import note

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

STRICT = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self';"
    " frame-ancestors 'none'; base-uri 'none'"
)
# Reports bring their styles and pictures with them; they have no scripts either.
REPORT = STRICT.replace("style-src 'self'", "style-src 'unsafe-inline'")
HEADERS = {
    "content-security-policy": STRICT,
    "x-content-type-options": "nosniff",
    # Not no-referrer: browsers then send no Origin with a form.
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "x-robots-tag": "noindex",
    "cache-control": "no-store",
}
MOST_ADDRESSES = 10_000
MINUTE = 60.0
TOO_LARGE = 413


class Guard:
    """Set headers on every answer and log each request, by its route and without contents.

    Parameters
    ----------
    app
        What answers.
    too_large
        What answers where a body is over its cap, in place of Starlette's two words.
    clock
        Seconds.
    """

    def __init__(
        self, app: ASGIApp, too_large: ASGIApp, clock: Callable[[], float] = time.perf_counter
    ) -> None:
        self._app, self._too_large, self._clock = app, too_large, clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun, status = self._clock(), 500

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        async def unless_too_large(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            if status != TOO_LARGE:
                await with_headers(message)

        try:
            await self._app(scope, receive, unless_too_large)
            if status == TOO_LARGE:
                await self._too_large(scope, receive, with_headers)
        finally:
            took = round(1000 * (self._clock() - begun), 1)
            note("request", method=scope["method"], route=_route(scope), status=status, ms=took)


def _route(scope: Scope) -> str:
    """Return the path with names in place of what they stand for: ids are secrets."""
    path = str(scope["path"]) if "endpoint" in scope else "(none)"
    for name, value in scope.get("path_params", {}).items():
        path = path.replace(str(value), f"{{{name}}}", 1)
    return path


def from_elsewhere(request: Request) -> bool:
    """Say whether a page of another origin sent this: a browser tells, other programs need not."""
    headers: Headers = request.headers
    origin = headers.get("origin")
    if origin is not None:
        return urlsplit(origin).netloc.lower() != headers.get("host", "").lower()
    return headers.get("sec-fetch-site", "none") not in {"none", "same-origin"}


@dataclass
class Rate:
    """Count the requests of each address in the last minute.

    Parameters
    ----------
    most
        Requests of one address in a minute.
    clock
        Seconds.

    Examples
    --------
    >>> rate = Rate(1, clock=lambda: 0.0)
    >>> rate.allows("a"), rate.allows("b"), rate.allows("a")
    (True, True, False)
    """

    most: int
    clock: Callable[[], float] = time.monotonic
    _times: OrderedDict[str, deque[float]] = field(default_factory=OrderedDict)

    def allows(self, address: str) -> bool:
        """Count one more request, unless there were too many."""
        now = self.clock()
        times = self._times.setdefault(address, deque())
        self._times.move_to_end(address)
        while times and times[0] <= now - MINUTE:
            times.popleft()
        if len(times) >= self.most:
            return False
        times.append(now)
        if len(self._times) > MOST_ADDRESSES:
            self._times.popitem(last=False)
        return True
