"""Fixtures of the builders' tests."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

SLIDES = Path(__file__).with_name("slides.py")


@pytest.fixture(scope="session")
def shapes() -> ModuleType:
    """Slides of many shapes, and how they may be turned, moved, scaled and shuffled."""
    specification = importlib.util.spec_from_file_location("builders_slides", SLIDES)
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module
