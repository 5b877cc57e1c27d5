"""Fixtures of the training tests."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

TOY = Path(__file__).with_name("toy.py")


@pytest.fixture(scope="session")
def toy() -> ModuleType:
    """The module of toy data and methods; it is also a program, at ``toy.__file__``."""
    specification = importlib.util.spec_from_file_location("training_toy", TOY)
    module = importlib.util.module_from_spec(specification)
    # Dataclasses look their module up by name.
    sys.modules["training_toy"] = module
    specification.loader.exec_module(module)
    return module
