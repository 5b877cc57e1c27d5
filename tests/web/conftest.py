"""Pages without processes: the worker's code runs in a thread, so that every test is fast."""

import asyncio
import re

import pytest
from starlette.testclient import TestClient

from graphkit.web.app import make_app
from graphkit.web.limits import Settings
from graphkit.web.site import Site
from graphkit.web.transcripts import about
from graphkit.web.worker import answer

ADDRESS = "http://localhost"
JOB = re.compile(r"jobs/([0-9a-f]{32})/")


class Threaded:
    """What a worker is, in this process."""

    def __init__(self):
        self.about, self.alive = about("lncloc"), True

    async def ask(self, order):
        told = []
        end = await asyncio.to_thread(answer, order, lambda **one: told.append(one))
        for one in (*told, end):
            yield one

    def kill(self):
        self.alive = False

    async def end(self):
        self.kill()


class Stuck(Threaded):
    """A worker that never gets done, until it is killed."""

    def __init__(self):
        self.about, self.alive = {"model": "none", "summary": "", "card": ""}, True
        self._killed = asyncio.Event()

    async def ask(self, order):
        await self._killed.wait()
        return
        yield

    def kill(self):
        super().kill()
        self._killed.set()


@pytest.fixture
def stuck():
    """A worker that never gets done."""
    return Stuck


@pytest.fixture
def open_page():
    """Open a page with these settings; it is closed after the test."""
    opened = []

    def page(kind=Threaded, **settings):
        async def start():
            return kind()

        app = make_app(Site(Settings(**settings), start))
        client = TestClient(app, base_url=ADDRESS, raise_server_exceptions=False)
        opened.append(client.__enter__())
        return client

    yield page
    for client in opened:
        client.__exit__(None, None, None)


@pytest.fixture
def finish():
    """Wait until a job has ended; return what the API says of it."""

    def wait(client, name):
        while (told := client.get(f"/api/jobs/{name}").json())["state"] in {"waiting", "running"}:
            pass
        return told

    return wait


@pytest.fixture
def send(finish):
    """Send the form for sequences and return the end of the job, or what the page answered."""

    def through_the_form(client, text=None, *, file=None, ids=""):
        files = {"file": file} if file is not None else {"file": ("", b"")}
        answered = client.post(
            "/", data={"fasta": text or "", "ids": ids}, files=files, follow_redirects=False
        )
        assert "Traceback" not in answered.text
        if answered.status_code != 303:
            return answered
        return finish(client, JOB.search(answered.headers["location"])[1])

    return through_the_form
