"""The site: opened with a table or not at all, and nothing left when it is closed."""

import asyncio
from pathlib import Path

import pytest

from graphkit.errors import InputError
from graphkit.web.app import make_app
from graphkit.web.limits import Limits, Settings
from graphkit.web.site import Site

ROW = "ACGUUGCAUGCUAGCAUCGGAUCGAUCGUACGUAGCUAGC"


def test_the_private_folder_is_gone_when_the_page_is_closed(open_page, send, monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    page = open_page()
    send(page, ROW)
    (private,) = tmp_path.iterdir()
    assert private.stat().st_mode & 0o077 == 0
    page.__exit__(None, None, None)
    assert list(tmp_path.iterdir()) == []
    page.__enter__()


def test_a_slow_body_is_408():
    app = make_app(Site(Settings(limits=Limits(upload_seconds=1))))

    async def receive():
        await asyncio.Event().wait()

    sent = []

    async def send(message):
        sent.append(message)

    headers = [(b"host", b"localhost"), (b"content-type", b"application/x-www-form-urlencoded")]
    scope = {
        "type": "http", "method": "POST", "path": "/api/localize", "headers": headers,
        "query_string": b"", "client": ("a", 1), "http_version": "1.1", "scheme": "http",
        "server": ("localhost", 80), "root_path": "",
    }  # fmt: skip
    asyncio.run(app(scope, receive, send))
    assert sent[0]["status"] == 408


def test_a_model_that_is_not_there_ends_it():
    async def start():
        raise InputError("no model 'x'")

    site = Site(Settings(), start)

    async def run():
        async with site.lifespan(None):
            pass

    with pytest.raises(InputError):
        asyncio.run(run())
    assert str(site.failed) == "no model 'x'"


def test_what_is_no_text_in_a_form_is_no_file(open_page):
    page = open_page()
    answered = page.post("/api/localize", data={"file": "/etc/passwd"})
    assert answered.status_code == 422
    assert Path("/etc/passwd").name not in answered.json()["error"]
