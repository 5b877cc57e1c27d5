"""Run a worker process: orders go in and answers come out as lines of JSON."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from graphkit.errors import InputError

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections.abc import AsyncIterator, Mapping


@dataclass(eq=False)
class Worker:
    """Hold one process with a model in memory, which answers one order after the other.

    Parameters
    ----------
    process
        As :meth:`start` makes it.
    about
        What it says of its model.
    """

    process: Process
    about: Mapping[str, Any]

    @classmethod
    async def start(cls, model: str, *, memory_mb: int) -> Worker:
        """Start a process and wait until it has loaded a model; `memory_mb` is for a table.

        Raises
        ------
        InputError
            Where there is no such model.
        """
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "graphkit.web.worker", model, str(memory_mb)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,  # what libraries say may hold what users sent
            # Threads that wait for their like must not take the processor from the page.
            env={"OMP_WAIT_POLICY": "passive", **os.environ},
            start_new_session=True,  # Ctrl-C at the terminal is for the page, which ends it
        )
        worker = cls(process, {})
        try:
            worker.about = await worker._hear() or {}
        except BaseException:
            await worker.end()
            raise
        if "model" in worker.about:
            return worker
        await worker.end()
        raise InputError(worker.about.get("text", "the worker did not start"), slot="--model")

    @property
    def alive(self) -> bool:
        """Whether the process is there."""
        return self.process.returncode is None

    async def ask(self, order: Mapping[str, Any]) -> AsyncIterator[dict[str, Any]]:
        """Give an order and yield what is told of it, the last time with ``"end"``.

        Nothing more comes once the process is dead.
        """
        with suppress(ConnectionError):
            orders = cast("asyncio.StreamWriter", self.process.stdin)
            orders.write(f"{json.dumps(order)}\n".encode())
            await orders.drain()
        while told := await self._hear():
            yield told
            if "end" in told:
                return

    async def _hear(self) -> dict[str, Any] | None:
        line = await cast("asyncio.StreamReader", self.process.stdout).readline()
        found: dict[str, Any] | None = json.loads(line) if line.endswith(b"\n") else None
        return found

    def kill(self) -> None:
        """Kill the process at once and free its memory."""
        with suppress(ProcessLookupError):
            self.process.kill()

    async def end(self) -> None:
        """Kill the process and wait until it is gone."""
        self.kill()
        await self.process.wait()
