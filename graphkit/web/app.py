"""The ASGI application: its routes, the guard before them and the jobs behind them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import ClientDisconnect

from graphkit.errors import InputError
from graphkit.web.api import Api
from graphkit.web.guard import Guard
from graphkit.web.jobs import Full
from graphkit.web.pages import Pages

if TYPE_CHECKING:
    from graphkit.web.site import Site

AT_HOME = ("localhost", "127.0.0.1", "[::1]")
TROUBLES: tuple[type[Exception], ...] = (
    HTTPException, InputError, Full, TimeoutError, ClientDisconnect, Exception
)  # fmt: skip


def make_app(site: Site) -> Guard:
    """Return a page as an ASGI application."""
    hosts = [*AT_HOME, *site.settings.hosts]
    app = Starlette(
        routes=[*Pages(site).routes(), *Api(site).routes()],
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=hosts, www_redirect=False)],
        exception_handlers=dict.fromkeys(TROUBLES, site.problem),
        lifespan=site.lifespan,
    )
    return Guard(app, site.too_large)
