"""Three places say which version this is: they agree."""

import tomllib

import graphkit
from graphkit.version import __version__


def test_version_is_that_of_the_project(root):
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    assert __version__ == graphkit.__version__ == project["version"]
