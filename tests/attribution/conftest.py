"""Fixtures of the attribution tests."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="session")
def toys() -> ModuleType:
    """The module of toy models."""
    path = Path(__file__).with_name("toys.py")
    specification = importlib.util.spec_from_file_location("attribution_toys", path)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    sys.modules["attribution_toys"] = module
    specification.loader.exec_module(module)
    return module
