"""Parameters of LncLoc."""

import json
from dataclasses import asdict

import pytest

from graphkit.errors import InputError
from graphkit.methods import LncLocParams


def test_json_and_back() -> None:
    params = LncLocParams(five_prime=(100, 300))
    again = LncLocParams(**json.loads(json.dumps(asdict(params))))
    assert again == params


def test_regions() -> None:
    regions = LncLocParams(five_prime=(200, 800), three_prime=(400,)).builder().regions
    assert [(r.end, r.length, r.k) for r in regions] == [
        ("whole", 0, 3),
        ("5'", 200, 2),
        ("5'", 800, 2),
        ("3'", 400, 2),
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        {"k": 0},
        {"width": 30},
        {"hidden": 0},
        {"dropout": 1.0},
        {"smoothing": 1.0},
        {"five_prime": (2,)},
        {"five_prime": tuple(range(100, 117))},
    ],
)
def test_out_of_range(wrong: dict[str, object]) -> None:
    with pytest.raises(InputError):
        LncLocParams(**wrong)
