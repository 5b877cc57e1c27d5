"""What the documents name is there."""

import re
from importlib import import_module
from inspect import isfunction, signature
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = sorted(ROOT.glob("docs/*.md"))
TEST_FILE = re.compile(r"\btests/[\w/]+\.py\b")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_test_files_that_are_named_exist(document):
    named = TEST_FILE.findall(document.read_text("utf-8"))
    assert [name for name in named if not (ROOT / name).is_file()] == []


def test_every_kind_of_bad_input_names_its_tests():
    _, *sections = (ROOT / "docs/bad_inputs.md").read_text("utf-8").split("\n## ")
    assert sections
    assert [text.partition("\n")[0] for text in sections if not TEST_FILE.search(text)] == []


def test_every_table_of_benchmarks_is_on_a_page(monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "docs")
    measured = import_module("measured")
    tables = {
        name
        for name, made in vars(measured).items()
        if isfunction(made) and not signature(made).parameters
    }
    pages = "".join(path.read_text("utf-8") for path in ROOT.glob("docs/benchmarks/*.md"))
    assert set(re.findall(r"^```\{measured\} (\w+)$", pages, flags=re.MULTILINE)) == tables
    for name in tables:
        header, rule, *rows = getattr(measured, name)().splitlines()
        assert rows
        assert {line.count("|") for line in rows} == {header.count("|")} == {rule.count("|")}
