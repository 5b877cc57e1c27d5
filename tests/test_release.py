"""What is released says the same everywhere."""

import re
import tomllib
from pathlib import Path

import yaml

from graphkit.version import __version__

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
IN_CONDA = {
    "igraph": "python-igraph",
    "lazy-loader": "lazy_loader",
    "torch": "pytorch",
    "torch-geometric": "pytorch_geometric",
}


def recipe():
    text = (ROOT / "recipe/meta.yaml").read_text("utf-8")
    version = re.search(r'set version = "(.*?)"', text)[1]
    plain = re.sub(r"\{%.*?%\}", "", text).replace("{{ version }}", version)
    return yaml.safe_load(re.sub(r"\{\{ (\w+) \}\}", r"\1", plain))


def test_the_version_is_one():
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    newest = re.search(r"^## \[(.*?)\]", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert {
        PROJECT["version"],
        str(recipe()["package"]["version"]),
        str(cited["version"]),
        newest[1],
    } == {__version__}


def test_the_recipe_needs_what_the_package_needs():
    parts = (re.match(r"([\w.-]+)(.*)", need).groups() for need in PROJECT["dependencies"])
    needed = {f"{IN_CONDA.get(name, name)} {versions}" for name, versions in parts}
    python = f"python {PROJECT['requires-python']}"
    assert set(recipe()["requirements"]["run"]) == needed | {python}


def test_every_extra_is_tried_alone():
    script = (ROOT / ".ci/release").read_text("utf-8")
    tried = set(re.search(r"for extra in (.*); do", script)[1].split())
    # The others are for work on the package; tomtom is for one test.
    assert tried == set(PROJECT["optional-dependencies"]) - {"dev", "docs", "test", "tomtom"}
