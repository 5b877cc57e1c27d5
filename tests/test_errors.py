"""Messages of input errors."""

import pickle
from pathlib import Path

import pytest

from graphkit.errors import GraphkitError, InputError, shorten


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ({}, "is wrong"),
        ({"file": "x.fa"}, "x.fa: is wrong"),
        (
            {"file": "x.fa", "line": 3, "record": "r1"},
            "x.fa, line 3, record r1: is wrong",
        ),
        ({"slot": "obsm['spatial']", "remedy": "Add it."}, "obsm['spatial']: is wrong. Add it."),
    ],
)
def test_message_says_where_what_and_what_to_do(place: dict[str, object], expected: str) -> None:
    assert str(InputError("is wrong", **place)) == expected


def test_it_is_a_value_error_and_ours() -> None:
    assert issubclass(InputError, GraphkitError)
    assert issubclass(InputError, ValueError)


def test_it_survives_a_process_boundary() -> None:
    error = InputError("is wrong", file="x.fa", line=2, record="r", remedy="Mend it.")
    again = pickle.loads(pickle.dumps(error))  # noqa: S301
    assert str(again) == str(error)
    assert (again.file, again.line, again.record, again.remedy) == ("x.fa", 2, "r", "Mend it.")


def test_long_ids_are_cut() -> None:
    assert len(str(InputError("is wrong", record="a" * 10**6))) < 200
    assert shorten("abc", limit=3) == "abc"


def test_a_caller_who_knows_more_adds_it() -> None:
    error = InputError("is odd", record="r", line=3, slot="a", remedy="Mend it.")
    other = error.at(file=Path("x.fa"), slot="--a")
    assert str(other) == "x.fa, line 3, record r, --a: is odd. Mend it."
    assert str(error) == "line 3, record r, a: is odd. Mend it."
    assert other.at(remedy=None).remedy is None
    with pytest.raises(TypeError, match="where"):
        error.at(where="x")
