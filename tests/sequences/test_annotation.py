"""Which transcripts are kept, whatever the versions."""

import pytest

from graphkit.sequences.annotation import Annotation, Placed, keep


@pytest.mark.parametrize(
    ("wanted", "kept"),
    [
        (None, ["ENST01.1", "x"]),
        (["ENST01"], ["ENST01.1"]),
        (["ENST01.9|Nucleus", "y"], ["ENST01.1"]),
        ([], []),
    ],
)
def test_names_without_and_with_versions(wanted, kept):
    assert list(filter(keep(wanted), ["ENST01.1", "x"])) == kept


def test_what_an_annotation_knows():
    found = Annotation({"a": Placed(b"chr1", b"+", "g", "", {(1, 2), (4, 6)})})
    assert (len(found), list(found), found.gene("a")) == (1, ["a"], ("g", None))
    assert sorted(found.spans()) == [("chr1", (1, 2)), ("chr1", (4, 6))]
