"""Choose where the work is done: in this process, or on the workers of a Ray cluster."""

from __future__ import annotations

import json
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from graphkit.cli.terminal.options import Engine
from graphkit.cli.terminal.places import resumable
from graphkit.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from graphkit.origin import Origin
    from graphkit.types import Record

    Task = Callable[[Iterable[Record]], Iterable[Any]]
    # A task, records, and how the result is made: blocks made otherwise are not taken up.
    Spread = Callable[[Task, Iterable[Record], Origin], Iterable[Any]]


def check_engine(
    engine: Engine, *, address: str | None, workers: int | None, device: str = "cpu"
) -> None:
    """Raise InputError where the options of an engine do not fit it, or Ray is not installed."""
    if engine is Engine.RAY:
        from graphkit.distributed.engine import require_ray

        require_ray()
        if device not in ("auto", "cpu"):
            raise InputError(
                f"{device}: workers compute on cores", slot="--device", remedy="Leave it out."
            )
    for slot, given in (("--address", address), ("--workers", workers)):
        if given is not None and engine is not Engine.RAY:
            raise InputError("needs --engine ray", slot=slot, remedy="Give both or none.")


@contextmanager
def spread_over(
    engine: Engine,
    *,
    address: str | None,
    workers: int | None,
    output: Path | None,
    size: int = 256,
) -> Iterator[Spread]:
    """Yield what applies a task to records: here, or in blocks on the workers of a cluster.

    Parameters
    ----------
    engine, address, workers
        Checked by :func:`check_engine`.
    output
        The result to come; beside it finished blocks wait until the ``with`` block ends well. None
        for stdout.
    size
        Records in a block.
    """
    if engine is Engine.HERE:
        yield lambda task, records, _origin: task(records)
        return
    from graphkit.distributed.engine import answers
    from graphkit.distributed.kept import Kept

    work = partial(answers, address=address or "local", workers=workers, size=size)
    if output is None or not (output.is_file() or output.is_dir() or not output.exists()):
        yield lambda task, records, _origin: work(task, records)
        return
    with resumable(output, "block") as folder:
        yield lambda task, records, origin: work(
            task, records, kept=Kept(folder, json.dumps(origin.as_dict()))
        )
