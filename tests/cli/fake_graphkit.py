"""``graphkit`` in a process of its own, with the model of ``conftest.py`` and without torch."""

import sys
from pathlib import Path
from types import ModuleType


def run_with_fake_model() -> None:
    sys.path.insert(0, str(Path(__file__).parent))
    from conftest import FakeModel

    import graphkit
    from graphkit.cli.main import main

    pretrained, training = ModuleType("graphkit.pretrained"), ModuleType("graphkit.training")
    pretrained.load = lambda name: FakeModel()
    training.choose_device = lambda name: name
    for room in (pretrained, training):
        sys.modules[room.__name__] = room
        setattr(graphkit, room.__name__.rpartition(".")[2], room)
    main()


if __name__ == "__main__":
    run_with_fake_model()
