"""``graphkit`` in a process of its own, with the model of ``conftest.py`` and without torch."""

import atexit
import os
import sys
from pathlib import Path
from types import ModuleType


def run_with_fake_model() -> None:
    sys.path.insert(0, str(Path(__file__).parent))
    import graphkit
    from conftest import FakeModel
    from graphkit.cli.main import main

    pretrained, training = ModuleType("graphkit.pretrained"), ModuleType("graphkit.training")
    pretrained.load_ensemble = lambda name: FakeModel()
    pretrained.sha256 = lambda name: "f" * 64
    training.choose_device = lambda name: name
    for room in (pretrained, training):
        sys.modules[room.__name__] = room
        setattr(graphkit, room.__name__.rpartition(".")[2], room)
    main()


def tell_peak() -> None:
    """Write the most memory that this process ever held to stderr; of a parent nothing counts."""
    sys.stderr.write(Path("/proc/self/status").read_text())


if __name__ == "__main__":
    if "GRAPHKIT_TELL_PEAK" in os.environ:
        atexit.register(tell_peak)
    run_with_fake_model()
