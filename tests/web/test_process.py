"""A process of its own: asked, killed, and refused where there is no such model."""

import asyncio

import pytest

from graphkit.datasets import shipped
from graphkit.errors import InputError
from graphkit.web.inputs import read_sequences
from graphkit.web.limits import LOCAL
from graphkit.web.process import Worker


def test_it_answers_and_once_it_is_killed_it_says_no_more(tmp_path):
    found = read_sequences({"fasta": shipped("mouse_lincrnas.fasta").read_text()}, LOCAL)
    found.write(tmp_path)
    order = {"verb": "localize", "folder": str(tmp_path), "model": "lncloc", "name": "x"}
    order |= {"notes": [], "total": 3}

    async def run():
        worker = await Worker.start("lncloc", memory_mb=2_000)
        assert worker.about["model"] == "lncloc"
        assert "#" in worker.about["card"]
        told = [one async for one in worker.ask(order)]
        worker.kill()
        await worker.end()
        assert [one async for one in worker.ask(order)] == []
        return told, worker

    told, worker = asyncio.run(run())
    assert [one.get("step") for one in told] == [1, 2, 3, None]
    assert told[-1]["end"] == "done"
    assert not worker.alive


def test_a_model_that_is_not_there_is_refused():
    with pytest.raises(InputError, match="no model 'nothing'"):
        asyncio.run(Worker.start("nothing", memory_mb=2_000))
