import pytest

from graphkit.cli.motifs_labels import AGAINST, FOR, UNKNOWN, Measured
from graphkit.cli.motifs_search import read_database, sides
from graphkit.errors import InputError
from graphkit.types import Record

NAMES = ("x.fa", "y.fa")
MEASURED = Measured(("Cytoplasm", "Nucleus"), "Nucleus")
HEADER = Record("a|Cytoplasm", "ACGU", "a|Cytoplasm")


def test_headers_say_the_class_of_one_file():
    ((records, name, measured),) = sides(iter([HEADER]), None, names=NAMES, measured=MEASURED)
    assert (next(records), name, measured(HEADER)) == (HEADER, "x.fa", AGAINST)
    assert measured(Record("b", "ACGU", "b")) == UNKNOWN


def test_two_files_say_the_class_themselves():
    both = list(sides(iter([HEADER]), iter([]), names=NAMES, measured=MEASURED))
    assert [(name, measured(HEADER)) for _, name, measured in both] == [
        ("x.fa", FOR), ("y.fa", AGAINST),
    ]  # fmt: skip


MEME = """MEME version 4

ALPHABET= ACGU

MOTIF M1 PUM2
letter-probability matrix: alength= 4 w= 2 nsites= 9
0.1 0.2 0.3 0.4
1 0 0 0
"""


def test_a_database(tmp_path):
    path = tmp_path / "x.meme"
    path.write_text(MEME)
    assert [motif.alt for motif in read_database(path)] == ["PUM2"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("MEME version 4\n", "no motif"),
        (MEME.replace("0.1 0.2", "0.1 x"), "line 7"),
        (MEME.replace("1 0 0 0\n", ""), "x.meme"),
        (None, "no such file or folder"),
    ],
)
def test_what_is_none(tmp_path, text, reason):
    path = tmp_path / "x.meme"
    if text is not None:
        path.write_text(text)
    with pytest.raises(InputError) as caught:
        read_database(path)
    assert reason in str(caught.value)
    assert str(path) in str(caught.value)
