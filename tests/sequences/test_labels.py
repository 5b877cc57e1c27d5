"""Labels of any kind become text, or are refused by name."""

import numpy as np
import pandas as pd
import pytest

from graphkit.errors import InputError
from graphkit.sequences import as_labels
from graphkit.sequences.labels import refuse_variants


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        (["Nucleus", "Axon"], ["Nucleus", "Axon"]),
        ([0, 1], ["0", "1"]),
        ([True, False], ["True", "False"]),
        (np.array([3, 4], dtype=np.int16), ["3", "4"]),
        (np.array([True, False]), ["True", "False"]),
        (np.array(["a", "b"]), ["a", "b"]),
        (np.array([1.0, 2.0]), ["1", "2"]),
        (pd.Series(["x", "y"]), ["x", "y"]),
        (pd.Series(["x", "y"], dtype="category"), ["x", "y"]),
    ],
)
def test_labels_become_text(labels, expected):
    found = as_labels(labels)
    assert found == expected
    assert {type(label) for label in found} == {str}


@pytest.mark.parametrize(
    "missing", [None, float("nan"), np.nan, pd.NA, pd.NaT, "NA", "n/a", "", " ", "None"]
)
def test_what_is_missing_is_named(missing):
    with pytest.raises(InputError, match="labels: of the record at 1 is missing"):
        as_labels(["x", missing, "y"])


@pytest.mark.parametrize("label", [0.5, ("x",), b"x"])
def test_what_is_no_label(label):
    with pytest.raises(InputError, match="neither text nor a whole number"):
        as_labels([label])


def test_uncertain_is_no_class():
    with pytest.raises(InputError, match="'uncertain' cannot be a label"):
        as_labels(["Uncertain"])


@pytest.mark.parametrize("other", ["nucleus", "NUCLEUS", "Nucleus ", "Nuc leus"])
def test_one_class_in_two_spellings(other):
    with pytest.raises(InputError, match="differ in case or white space only") as caught:
        refuse_variants([other, "Nucleus", "Nucleus", "Axon"])
    # The rarer becomes the more common; what a shell would tear apart is quoted.
    assert f"rename={ {other: 'Nucleus'} }" in caught.value.remedy


def test_other_labels_are_left_alone():
    refuse_variants(["Nucleus", "Nucleus", "Nucleolus"])
