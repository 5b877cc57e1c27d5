"""Report what this installation computes on."""

import os
import platform
import sys
from importlib import metadata

import torch

from graphkit.training.device import present_devices

PACKAGES = ("graphkit-bio", "torch", "torch-geometric", "lightning", "numpy", "pandas", "gensim")


def env() -> dict[str, str]:
    """Return versions, platform, threads and devices, for a bug report.

    Examples
    --------
    >>> env()["torch"] == torch.__version__
    True
    """
    return {
        **{name: _version(name) for name in PACKAGES},
        "python": platform.python_version(),
        "executable": sys.executable,
        "platform": platform.platform(),
        "processors": str(os.cpu_count()),
        "threads": str(torch.get_num_threads()),
        "devices": ", ".join(present_devices()),
    }


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "not installed"
