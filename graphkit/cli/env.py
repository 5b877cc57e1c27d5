"""``graphkit env``: what this installation runs on, for a bug report."""

import os
import platform
import sys
from importlib import metadata

import typer

from graphkit.cli.terminal.loading import present_devices

EXAMPLE = "Example:\n\n  graphkit env"
PACKAGES = ("graphkit-bio", "torch", "torch-geometric", "lightning", "numpy", "pandas", "gensim")


def env() -> None:
    """Show versions, platform, threads and devices, one `name<TAB>value` a line."""
    import torch

    facts = {
        **{name: _version(name) for name in PACKAGES},
        "python": platform.python_version(),
        "executable": sys.executable,
        "platform": platform.platform(),
        "processors": str(os.cpu_count()),
        "threads": str(torch.get_num_threads()),
        "devices": ", ".join(present_devices()),
    }
    for name, value in facts.items():
        typer.echo(f"{name}\t{value}")


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "not installed"
