"""Estimate what a run will take, before it starts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphkit.cli.terminal import console

if TYPE_CHECKING:
    from graphkit.tasks.costs import Cost

GB = 1e9
# Above this share of the free memory a run is at risk: the estimate is a rough one.
SAFE = 0.9
TOO_LARGE = "If it fails: take fewer genes or one region, or a machine with more memory."


def announce(cost: Cost) -> None:
    """Print what a run will take, and warn where this machine has not the memory."""
    from graphkit.omics.mapped import free_memory

    console.note(f"About {_memory(cost.memory)} of memory and {_time(cost.seconds)}.")
    free = free_memory()
    if free is not None and cost.memory > SAFE * free:
        console.warn(f"only {_memory(free)} of memory are free. {TOO_LARGE}")


def _memory(size: float) -> str:
    return f"{size / GB:.1f} GB" if size < 9.95 * GB else f"{size / GB:,.0f} GB"


def _time(seconds: float) -> str:
    if seconds < 90:
        return "a minute" if seconds > 30 else f"{max(5, round(seconds / 5) * 5)} seconds"
    if seconds < 90 * 60:
        return f"{round(seconds / 60)} minutes"
    return f"{seconds / 3600:.1f} hours"
