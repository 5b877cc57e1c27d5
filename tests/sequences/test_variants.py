"""Tables of variants: what can be read, and what is no substitution."""

import pytest

from graphkit.errors import InputError
from graphkit.sequences import Variant, VariantTable, encode
from graphkit.types import Record

PLAIN = "t1\t2\tC\tG\nt2.1\t1\ta\tt\nt1\t3\tG\tU\n"


@pytest.fixture
def table(tmp_path):
    def read(text):
        path = tmp_path / "v.tsv"
        path.write_text(text)
        return VariantTable(path)

    return read


@pytest.mark.parametrize(
    "text",
    [
        PLAIN,
        "id\tposition\tref\talt\n" + PLAIN,
        "# made by hand\n" + PLAIN.replace("\t", ","),
        "alt,ref,Transcript ID,pos\nG,C,t1,2\nt,a,t2.1,1\nU,G,t1,3\n",
    ],
)
def test_columns_in_order_or_by_name(table, text):
    found = table(text)
    assert len(found) == 3
    assert found.of(Record("t1", "ACGU")) == [
        Variant("t1", 2, "C", "G"),
        Variant("t1", 3, "G", "U"),
    ]
    assert found.of(Record("t2.1", "ACGU")) == [Variant("t2.1", 1, "A", "T")]
    assert found.of(Record("t9", "ACGU")) == []
    assert found.missing() == []


def test_a_version_on_one_side_alone_is_no_hindrance(table):
    (name,) = (one.id for one in table("ENST01\t1\tA\tC\n").of(Record("ENST01.4", "ACGU")))
    assert name == "ENST01"
    assert len(table("ENST01.4\t1\tA\tC\n").of(Record("ENST01", "ACGU"))) == 1


def test_positions_of_a_gene_mean_no_transcript(table):
    record = Record("ENST01.4", "ACGU", gene="ENSG07", symbol="XIST")
    assert table("ENSG07\t1\tA\tC\nXIST\t1\tA\tC\n").of(record) == []


def test_variants_of_no_record_are_named(table):
    found = table(PLAIN)
    found.of(Record("t1", "ACGU"))
    assert [one.id for one in found.missing()] == ["t2.1"]
    with pytest.raises(InputError, match="none of its 2 names is in the input"):
        table(PLAIN).missing()


@pytest.mark.parametrize("line", ["t1\t2\tC", "t1\tx\tC\tG", "t1\t2.5\tC\tG"])
def test_a_line_that_is_no_variant_is_named(table, line):
    with pytest.raises(InputError, match=r"v\.tsv, line 2: is no id, position, ref and alt"):
        table(f"t1\t1\tA\tC\n{line}\n")


def test_an_empty_table_is_refused(table):
    with pytest.raises(InputError, match="holds no variant"):
        table("# nothing\n")


@pytest.mark.parametrize(
    ("position", "ref", "alt", "reason"),
    [
        (1, "A", "C", ""),
        (4, "T", "A", ""),
        (4, "U", "A", ""),
        (1, "AC", "A", "ref is AC: only single letters are substituted"),
        (1, "A", "-", "alt is -: only single letters are substituted"),
        (1, "A", "", "alt is empty: only single letters are substituted"),
        (1, "A", "<DEL>", "alt is <DEL>: only single letters are substituted"),
        (1, "A", "N", "alt is N, none of A, C, G and U or T"),
        (1, ".", "C", "ref is ., none of A, C, G and U or T"),
        (0, "A", "C", "the transcript has positions 1 to 5"),
        (6, "A", "C", "the transcript has positions 1 to 5"),
        (2, "G", "A", "ref is G, the transcript has C there"),
        (5, "A", "C", "ref is A, the transcript has N there"),
        (4, "T", "U", "ref and alt are one letter"),
    ],
)
def test_what_is_no_substitution_says_why(position, ref, alt, reason):
    assert Variant("t", position, ref, alt).problem(encode("ACGUN")) == reason
