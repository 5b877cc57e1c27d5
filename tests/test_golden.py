"""What the shipped weights answer is what they answered before; how a change would be told."""

import importlib.util
import json
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[1] / "benchmarks" / "golden.py"
HELD = {"label": ["Nucleus", "Cytoplasm"], "p": [0.25, 0.5], "steps": 64, "none": [], "q": ["", 1]}


@pytest.fixture(scope="module")
def golden():
    specification = importlib.util.spec_from_file_location("golden", SCRIPT)
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def test_shipped_weights_answer_as_before(golden, tmp_path):
    rows = golden.compare(golden.read(golden.COMMITTED), golden.collect_applied(tmp_path))
    assert not rows, json.dumps(rows, indent=1)


def test_what_is_held_covers_each_kind_of_answer(golden):
    held = golden.read(golden.COMMITTED)
    tracks = [held[name] for name in held if name.startswith("explain/bedgraph/")]
    assert [len(track) for track in tracks] == [1872, 1968, 1696]
    assert held["explain/table and bedgraph agree"] is True
    assert len(held["seqlets/start"]) >= 10
    assert held["motifs/table/status"] == ["tested"]
    assert {type(value) for value in held["localize/p_Nucleus"]} == {float}


def test_rounding_is_no_difference(golden, tmp_path):
    golden.write(tmp_path / "held.json", HELD, digits=7)
    held = golden.read(tmp_path / "held.json")
    assert golden.compare(held, HELD | {"p": [0.250009, 0.499991], "q": ["", 1.000009]}) == []
    nan = {"p": [float("nan"), float("inf")]}
    assert golden.compare(nan, nan) == []


@pytest.mark.parametrize(
    ("change", "values", "by"),
    [
        ({"p": [0.25, 0.50002]}, "1 of 2", "2e-05"),
        ({"p": [float("nan"), 0.5]}, "1 of 2", "other"),
        ({"p": [0.25]}, "1 of 1", "other"),
        ({"label": ["Nucleus", "uncertain"]}, "1 of 2", "other"),
        ({"steps": 65}, "1 of 1", "other"),
        ({"q": ["0", 1]}, "1 of 2", "other"),
        ({"none": [0.0]}, "1 of 1", "other"),
    ],
)
def test_a_change_is_told_by_name(golden, change, values, by):
    (row,) = golden.compare(HELD, HELD | change)
    assert row["name"] == next(iter(change))
    assert (row["values"], row["by at most"]) == (values, by)
    assert " -> " in row["first"]


def test_what_came_or_went_is_told(golden):
    less = {name: HELD[name] for name in HELD if name != "steps"}
    assert [row["values"] for row in golden.compare(HELD, less)] == ["missing now"]
    assert [row["values"] for row in golden.compare(less, HELD)] == ["was not there"]
