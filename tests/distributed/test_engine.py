"""Blocks on workers: whole, in order, whatever happens to a worker."""

import builtins
import os
import signal
import sys
import time
from itertools import count, islice

import pytest

from graphkit.distributed.engine import _blocks, answers, require_ray
from graphkit.distributed.kept import Kept
from graphkit.errors import InputError
from graphkit.types import Record


def test_blocks_end_by_number_and_by_letters():
    records = [Record(str(i), "A" * 10) for i in range(7)]
    assert [len(block.records) for block in _blocks(records, 3)] == [3, 3, 1]
    long = [Record("a", "A" * 600_000)] * 3
    assert [len(block.records) for block in _blocks(long, 3)] == [1, 1, 1]


@pytest.mark.parametrize("workers", [1, 2])
def test_answers_are_in_order_and_know_what_is_global(cluster, records, workers):
    def slow_at_first(part):
        time.sleep(0.2 * (part[0].number == 1))
        return [(record.id, record.number, record.warnings) for record in part]

    found = list(answers(slow_at_first, iter(records), workers=workers, size=8))
    assert [number for _, number, _ in found] == list(range(1, 71))
    assert [name for name, _, _ in found] == [record.id for record in records]
    assert [bool(warnings) for *_, warnings in found] == [False] * 30 + [True] * 40


def test_what_is_read_ahead_is_bounded(cluster):
    read = []

    def endless():
        for i in count():
            read.append(i)
            yield Record(str(i), "ACGU")

    found = answers(lambda part: [one.number for one in part], endless(), workers=2, size=5)
    assert list(islice(found, 100)) == list(range(1, 101))
    assert len(read) < 160
    found.close()


def test_the_block_of_a_killed_worker_is_done_again(cluster, records, tmp_path):
    place = str(tmp_path)

    def deadly(part):
        for name in ("first", "second", "third"):  # once each
            try:
                with builtins.open(f"{place}/{name}", "x"):
                    os.kill(os.getpid(), signal.SIGKILL)
            except FileExistsError:
                continue
        return [one.number for one in part]

    assert list(answers(deadly, records, workers=2, size=16)) == list(range(1, 71))
    assert len(list(tmp_path.iterdir())) == 3


def test_an_error_of_the_task_is_the_users(cluster, records):
    def refusing(part):
        raise InputError("no use", record=part[0].id)

    with pytest.raises(InputError, match="record r0: no use") as caught:
        list(answers(refusing, records, workers=1))
    assert type(caught.value) is InputError


def test_a_run_that_was_stopped_goes_on(cluster, records, tmp_path):
    done, calls = tmp_path / "done", str(tmp_path / "calls")
    done.mkdir()

    def counted(part):
        with builtins.open(calls, "a") as file:
            file.write(f"{part[0].number}\n")
        return [one.number for one in part]

    stopped = answers(counted, records, workers=1, size=10, kept=Kept(done, "x"))
    assert list(islice(stopped, 21)) == list(range(1, 22))
    stopped.close()
    whole = len(list(done.iterdir()))
    assert 3 <= whole < 7
    (tmp_path / "calls").unlink()
    again = list(answers(counted, records, workers=2, size=10, kept=Kept(done, "x")))
    assert again == list(range(1, 71))
    assert len((tmp_path / "calls").read_text().split()) == 7 - whole
    (tmp_path / "calls").unlink()
    assert list(answers(counted, records, size=10, kept=Kept(done, "other"))) == again
    assert len((tmp_path / "calls").read_text().split()) == 7


def test_without_ray_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    monkeypatch.setattr("graphkit.distributed.engine.find_spec", lambda name: None)
    with pytest.raises(InputError, match=r"need Ray.*pip install 'graphkit-bio\[ray\]'"):
        require_ray()


@pytest.mark.slow
def test_a_block_that_kills_every_worker_is_told(cluster, records):
    def deadly(part):
        os.kill(os.getpid(), signal.SIGKILL)

    with pytest.raises(InputError, match="a worker died 6 times over records 1 to 70"):
        list(answers(deadly, records, workers=1))


def test_no_cluster_there(monkeypatch):
    monkeypatch.setattr("ray.is_initialized", lambda: False)
    with pytest.raises(InputError, match="no Ray cluster answers"):
        list(answers(list, [Record("a", "ACGU")], address="127.0.0.1:1"))
