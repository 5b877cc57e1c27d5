"""Origins hold plain values only, whatever was asked for."""

import json
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from graphkit.origin import Origin
from graphkit.version import __version__


@dataclass(frozen=True)
class Params:
    hops: tuple[int, ...] = (2, 3)
    temperature: float | None = None


class Way(Enum):
    SKIP = "skip"


def test_values_survive_json_and_what_is_none_is_left_out():
    params = {"params": Params(), "file": Path("x.fa"), "none": None, "deep": {"a": [None, True]}}
    told = Origin(verb="denoise", params=params, seed=0).as_dict()
    assert json.loads(json.dumps(told)) == told
    assert told["params"]["params"] == {"hops": [2, 3]}
    assert told["params"]["file"] == "x.fa"
    assert told["params"]["deep"]["a"] == ["None", True]
    assert "none" not in told["params"]
    assert told["seed"] == 0


def test_versions_are_those_that_ran():
    versions = Origin(verb="localize", params={"on_error": Way.SKIP}).as_dict()["versions"]
    assert versions["graphkit"] == __version__
    assert {"Python", "numpy", "torch"} <= set(versions)
