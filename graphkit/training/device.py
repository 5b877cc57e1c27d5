"""Devices, threads and random state: borrowed for a while, then given back as found."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np
import torch

from graphkit.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator


def choose_device(name: str = "auto") -> torch.device:
    """Return the device of this name, if it is there.

    Parameters
    ----------
    name
        ``"auto"`` (CUDA where there is one, else CPU), ``"cpu"``, ``"cuda"``, ``"cuda:1"`` or
        ``"mps"``. MPS is never chosen unasked: some graph operations are missing there.

    Raises
    ------
    InputError
        No such device; the error names those that are there.

    Examples
    --------
    >>> choose_device("cpu")
    device(type='cpu')
    """
    present = present_devices()
    if name == "auto":
        name = "cuda" if "cuda:0" in present else "cpu"
    wanted = "cuda:0" if name == "cuda" else name
    if wanted not in present:
        raise InputError(
            f"{name!r} is not available here",
            slot="device",
            remedy=f"Choose auto or one of: {', '.join(present)}.",
        )
    return torch.device(wanted)


def present_devices() -> list[str]:
    """Name the devices of this machine, the processor first."""
    cuda = [f"cuda:{index}" for index in range(torch.cuda.device_count())]
    return ["cpu", *cuda, *(["mps"] if torch.backends.mps.is_available() else [])]


def seed_torch(device: torch.device, seed: int, epoch: int, rank: int = 0) -> None:
    """Seed torch's generators of the CPU and of `device`, and no other, from all the numbers."""
    state = int(np.random.SeedSequence([seed, epoch, rank]).generate_state(1, np.uint64)[0])
    torch.default_generator.manual_seed(state)
    if device.type == "cuda":
        with torch.cuda.device(device):
            torch.cuda.manual_seed(state)
    elif device.type == "mps":
        torch.mps.manual_seed(state)


@contextmanager
def borrowed_torch(device: torch.device, *, threads: int | None = None) -> Iterator[None]:
    """Give torch's random state, thread count and gradient mode back as they were.

    Parameters
    ----------
    device
        Device whose random state will be used, besides the CPU's.
    threads
        CPU threads inside the block; None leaves them.
    """
    before = torch.get_num_threads()
    mps_state = torch.mps.get_rng_state() if device.type == "mps" else None
    cuda = [device] if device.type == "cuda" else []
    with torch.random.fork_rng(devices=cuda), torch.enable_grad():
        try:
            if threads is not None:
                torch.set_num_threads(threads)
            yield
        finally:
            torch.set_num_threads(before)
            if mps_state is not None:
                torch.mps.set_rng_state(mps_state)
