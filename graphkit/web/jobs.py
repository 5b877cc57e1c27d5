"""Queue jobs, run them in worker processes, and drop their results after a while."""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
import shutil
import time
from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from pathlib import Path

    from graphkit.web.limits import Limits
    from graphkit.web.process import Worker

LOG = logging.getLogger("graphkit.web")
SWEEP_SECONDS = 30.0
PAUSE = 1.0


def note(event: str, **fields: object) -> None:
    """Log an event as one line of JSON; `fields` say nothing of what users sent."""
    LOG.info(json.dumps({"event": event, **fields}))


class State(StrEnum):
    """State of a job."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"
    TIMED_OUT = "timed out"
    CANCELLED = "cancelled"


OPEN = {State.WAITING, State.RUNNING}
DIED = "The process that worked on it ended. Nothing else was lost; send it again."


class Full(Exception):  # noqa: N818 - no error: a state of the queue
    """Raised where too many jobs wait."""


@dataclass(slots=True, eq=False)
class Job:
    """Hold one job and, once it is done, its results in a folder.

    Parameters
    ----------
    id
        128 random bits: who knows it may see the job.
    verb
        What is done.
    folder
        Private; input and results lie there, under names of our own.
    asked
        What else the worker needs to know.
    parent
        The job whose row this one explains.
    lasting
        Whether it is kept as long as the page is open.
    """

    id: str
    verb: str
    folder: Path
    asked: Mapping[str, Any]
    parent: Job | None = None
    lasting: bool = False
    state: State = State.WAITING
    text: str = ""
    step: int = 0
    total: int = 0
    ended: float = 0.0
    children: dict[int, Job] = field(default_factory=dict)

    def hear(self, told: Mapping[str, Any]) -> None:
        """Update the job with a message of its worker."""
        if self.state is State.RUNNING:
            self.step, self.total = told.get("step", self.step), told.get("total", self.total)
            self.state = State(told.get("end", self.state))
            self.text = told.get("text", self.text)


class Jobs:
    """Keep the jobs of one page.

    Parameters
    ----------
    folder
        Private and empty.
    limits
        Of the queue and of each job.
    start
        Starts a worker.
    clock
        Seconds, as ``time.monotonic`` gives them.
    """

    def __init__(
        self,
        folder: Path,
        limits: Limits,
        *,
        start: Callable[[], Awaitable[Worker]],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.limits = limits
        self.waiting: deque[Job] = deque()
        self.about: Mapping[str, Any] = {}
        self._folder, self._start, self._clock = folder, start, clock
        self._all: dict[str, Job] = {}
        self._at: dict[str, Worker] = {}
        self._news = asyncio.Semaphore(0)
        self._tasks: list[asyncio.Task[None]] = []

    async def open(self) -> None:
        """Start the workers and what drops old results.

        Raises
        ------
        InputError
            Where the model cannot be loaded.
        """
        first = await self._start()
        self.about = first.about
        others: list[Worker | None] = [None] * (self.limits.workers - 1)
        self._tasks = [asyncio.create_task(self._slot(worker)) for worker in (first, *others)]
        self._tasks.append(asyncio.create_task(self._sweeping()))

    async def close(self) -> None:
        """End all processes."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def submit(
        self,
        verb: str,
        asked: Mapping[str, Any],
        fill: Callable[[Path], None],
        *,
        parent: Job | None = None,
        lasting: bool = False,
    ) -> Job:
        """Put a job in the queue.

        Parameters
        ----------
        verb, asked, parent, lasting
            As in :class:`Job`.
        fill
            Writes the input into the folder of the job.

        Raises
        ------
        Full
            Where the queue is.
        """
        self._refuse_when_full()
        name = secrets.token_hex(16)
        job = Job(name, verb, self._folder / name, asked, parent, lasting)
        job.total = asked.get("total", 0)
        job.folder.mkdir(mode=0o700)
        try:
            await asyncio.to_thread(fill, job.folder)
            self._refuse_when_full()
        except BaseException:
            shutil.rmtree(job.folder, ignore_errors=True)
            raise
        self._all[job.id] = job
        self.waiting.append(job)
        self._news.release()
        self.sweep()
        return job

    def _refuse_when_full(self) -> None:
        if len(self.waiting) >= self.limits.queue:
            raise Full

    def find(self, name: str) -> Job | None:
        """Return the job of this id, None where there is none (any more)."""
        return self._all.get(name)

    def cancel(self, job: Job) -> None:
        """Stop a job, if it has not ended, and free what it holds."""
        if job.state not in OPEN:
            return
        if job in self.waiting:
            self.waiting.remove(job)
        elif job.id in self._at:
            self._at[job.id].kill()
        self._end(job, State.CANCELLED, "It was cancelled.")

    def drop(self, job: Job) -> None:
        """Forget a job, what explains its rows, and the results of both."""
        for child in job.children.values():
            self.drop(child)
        self.cancel(job)
        self._all.pop(job.id, None)
        shutil.rmtree(job.folder, ignore_errors=True)

    def sweep(self) -> None:
        """Drop results that are too old, or too many, the oldest first."""
        ended = [job for job in self._all.values() if job.state not in OPEN and not job.lasting]
        ended.sort(key=lambda job: job.ended)
        surplus = len(ended) - self.limits.kept
        oldest = self._clock() - 60 * self.limits.keep_minutes
        for place, job in enumerate(ended):
            if place < surplus or job.ended <= oldest:
                self.drop(job)

    def health(self) -> dict[str, int]:
        """Return how many jobs wait and run and how many results are kept."""
        ended = sum(job.state not in OPEN for job in self._all.values())
        return {"waiting": len(self.waiting), "running": len(self._at), "kept": ended}

    async def _sweeping(self) -> None:
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            self.sweep()

    async def _slot(self, worker: Worker | None) -> None:
        """Work on one job after the other, with another process where one was lost."""
        try:
            while True:
                worker = worker or await self._another()
                await self._news.acquire()
                if not worker.alive:
                    worker = await self._another()
                if self.waiting and not await self._work(self.waiting.popleft(), worker):
                    await worker.end()
                    worker = None
        finally:
            if worker is not None:
                await worker.end()

    async def _another(self) -> Worker:
        while True:
            try:
                return await self._start()
            except Exception as error:  # out of memory, of processes: the page lives on
                note("worker", failed=type(error).__name__)
                await asyncio.sleep(PAUSE)

    async def _work(self, job: Job, worker: Worker) -> bool:
        """Work on a job; return whether the process can take another."""
        job.state, self._at[job.id] = State.RUNNING, worker
        begun, seconds = self._clock(), self.limits.seconds
        try:
            async with asyncio.timeout(seconds):
                async for told in worker.ask({**job.asked, "folder": str(job.folder)}):
                    job.hear(told)
        except TimeoutError:
            worker.kill()
            self._end(job, State.TIMED_OUT, f"It took longer than {seconds:,} seconds.")
        finally:
            del self._at[job.id]
        clean = job.state in {State.DONE, State.REFUSED}
        if job.state is State.RUNNING:
            self._end(job, State.FAILED, DIED)
        elif job.state is not State.CANCELLED:
            self._end(job, job.state, job.text)
        if not clean:
            await worker.end()
            shutil.rmtree(job.folder, ignore_errors=True)
        took = round(self._clock() - begun, 3)
        note("job", verb=job.verb, state=job.state, seconds=took)
        return clean

    def _end(self, job: Job, state: State, text: str) -> None:
        job.state, job.text, job.ended = state, text, self._clock()
