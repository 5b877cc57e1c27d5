import json

import pytest

from graphkit.cli.terminal.options import Method
from graphkit.errors import InputError
from graphkit.palette import GROUPS, OTHERS
from graphkit.tasks.explain.settings import CAUTION, Run, against, class_of, colors_of

TWO, THREE = ("Cytoplasm", "Nucleus"), ("A", "B", "C")


def test_what_was_asked_for_is_plain_json():
    run = Run(
        source="x.fa", model="m", classes=("A", "B"), target=None, method="gradients", steps=64,
        shuffles=1, fdr=0.05, seed=0, n_tracks=9,
    )  # fmt: skip
    said = run.as_dict()
    assert json.loads(json.dumps(said))["classes"] == ["A", "B"]
    assert said["caution"] == CAUTION
    assert "not what the cell does" in CAUTION


@pytest.mark.parametrize(
    ("classes", "wanted", "chosen"),
    [
        (TWO, "Cytoplasm", "Cytoplasm"),
        (TWO, "nucleus", "Nucleus"),
        (THREE, None, "C"),
        (THREE, "B", "B"),
        (("a", "A"), "a", "a"),
        (("a", "A"), "A", "A"),
    ],
)
def test_class(classes, wanted, chosen):
    assert class_of(classes, wanted, default="C") == chosen


def test_an_unknown_class_lists_the_choices():
    with pytest.raises(InputError, match="target: the model has no class 'Chromatin'") as caught:
        class_of(TWO, "Chromatin", default=None)
    assert "Choose one of Cytoplasm, Nucleus." in str(caught.value)


def test_what_speaks_against_a_class():
    assert against(TWO, "Cytoplasm") == "Nucleus"
    assert against(THREE, "A") == "other classes"


def test_methods_are_those_of_the_library():
    from graphkit.tasks.explain.explain import METHODS_OF_EXPLAINING

    assert {method.value for method in Method} == set(METHODS_OF_EXPLAINING)


def test_colours_are_those_of_the_classes():
    assert colors_of(("B", "A"), "B") == GROUPS[:2]
    assert colors_of(("A", "B", "C"), "C") == (OTHERS, GROUPS[2])
