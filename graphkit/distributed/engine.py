"""Blocks of records on the workers of a Ray cluster; their answers, whole and in order.

These are plain Ray tasks. ``ray.data`` would bring its own order of rows, no re-run that skips what
is done, and tables where answers are objects; an actor pool would have to move the blocks of a dead
actor by itself. Ray gives a task whose worker or machine dies to another, and a worker process
keeps the model from one task to the next.
"""

from __future__ import annotations

import os
import socket
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, TypeAlias

from graphkit.errors import InputError
from graphkit.sequences.records import number_records
from graphkit.types import Record

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphkit.distributed.kept import Kept

Task: TypeAlias = Callable[[Iterable[Record]], Iterable[Any]]
"""Yields one answer for each record."""

EXPLAINED = 16
"""Records in a block that are explained: a hundred times the work of a prediction."""

_LETTERS = 500_000
# Blocks for each worker that are read, under way, or wait for an earlier one: what bounds memory.
_AHEAD = 4
_RETRIES = 5


@dataclass(slots=True)
class _Block:
    records: list[Record]
    answers: list[Any] | None = None


def answers(
    task: Task,
    records: Iterable[Record],
    *,
    address: str = "local",
    workers: int | None = None,
    size: int = 256,
    kept: Kept | None = None,
) -> Iterator[Any]:
    """Yield what a task makes of records, one answer for each, in their order.

    Parameters
    ----------
    task
        Goes once to every worker; gives every record its answer whatever stands beside it.
    records
        Read as the workers need them, numbered before they are divided.
    address
        ``"local"`` starts workers on this machine, ``"auto"`` finds the cluster that runs here;
        else the address of one. Where this process is connected already, that is used.
    workers
        Blocks at work at a time, each on a core; None for all cores.
    size
        Records in a block, at most; one of long records ends earlier.
    kept
        Where the answers of each block are kept until all are there.

    Raises
    ------
    InputError
        If Ray or the cluster is not there, a block kills its worker again and again, or from the
        task.
    """
    require_ray()
    import ray

    with _connected(address, workers) as cores:
        shared = [ray.put(task)]  # in a list Ray leaves it to the worker to fetch it
        ask = ray.remote(_answer).options(num_cpus=1, max_retries=_RETRIES)
        running: dict[Any, _Block] = {}
        waiting: deque[_Block] = deque()
        most = workers or cores
        for block in _blocks(number_records(records), size):
            waiting.append(block)
            block.answers = kept.read(block.records) if kept else None
            if block.answers is None:
                running[ask.remote(shared, block.records)] = block
            while len(running) == most or len(waiting) > _AHEAD * most:
                if running:
                    _settle(running, kept)
                yield from _ready(waiting)
        while running:
            _settle(running, kept)
            yield from _ready(waiting)
        yield from _ready(waiting)


def require_ray() -> None:
    """Raise InputError where Ray is not installed."""
    if find_spec("ray") is None:
        raise InputError(
            "--engine ray and graphkit.distributed need Ray",
            remedy="Install it: pip install 'graphkit-bio[ray]'.",
        )


@contextmanager
def _connected(address: str, workers: int | None) -> Iterator[int]:
    """Be connected to a cluster, and say how many cores it has."""
    import ray

    ours = not ray.is_initialized()
    if ours:
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # it would tell its makers of us
        local = {"num_cpus": workers, "include_dashboard": False} if address == "local" else {}
        try:
            host, _, port = address.rpartition(":")
            if host:  # Ray would try for minutes
                socket.create_connection((host, int(port)), timeout=10).close()
            ray.init(address, log_to_driver=False, logging_level="ERROR", **local)
        except (OSError, ValueError, RuntimeError) as error:
            raise InputError(
                f"no Ray cluster answers ({error})",
                slot="address",
                remedy="Start one with `ray start --head`, or leave the address out.",
            ) from error
    try:
        yield max(1, int(ray.cluster_resources().get("CPU", 1)))
    finally:
        if ours:
            ray.shutdown()


def _blocks(records: Iterable[Record], size: int) -> Iterator[_Block]:
    block, letters = _Block([]), 0
    for record in records:
        block.records.append(record)
        letters += len(record.sequence)
        if len(block.records) == size or letters > _LETTERS:
            yield block
            block, letters = _Block([]), 0
    if block.records:
        yield block


@lru_cache(maxsize=1)
def _task(shared: Any) -> Task:
    """Return the task, which a worker fetches once."""
    import ray

    return ray.get(shared)


def _answer(shared: list[Any], records: list[Record]) -> list[Any]:
    return list(_task(shared[0])(records))


def _settle(running: dict[Any, _Block], kept: Kept | None) -> None:
    """Wait for one more block, and put down what it answers."""
    import ray
    from ray.exceptions import RayError, RayTaskError

    (done,), _ = ray.wait(list(running), num_returns=1)
    block = running.pop(done)
    try:
        block.answers = ray.get(done)
    except RayTaskError as error:
        raise error.cause from error  # as the task raised it
    except RayError as error:
        first, last = block.records[0], block.records[-1]
        raise InputError(
            f"a worker died {_RETRIES + 1} times over records {first.number:,} to {last.number:,}",
            record=first.id,
            remedy="Give each worker more memory, or leave out the longest of them.",
        ) from error
    if kept:
        kept.write(block.records, block.answers)


def _ready(waiting: deque[_Block]) -> Iterator[Any]:
    while waiting and waiting[0].answers is not None:
        yield from waiting.popleft().answers or ()
