import io

import pytest

from graphkit.errors import InputError
from graphkit.sequences import read_fasta, read_labelled
from graphkit.sequences.label_table import LabelTable
from graphkit.types import Record

LETTERS = "ACGUACGUUGCAUGCAUGCAACGUAGCUAGCUAGGA"


def record(name, sequence=LETTERS, line=1):
    return Record(name.split()[0], sequence, header=name, line=line)


def read(*records, table=None, skip=False, classes=None):
    return read_labelled(records, file="x.fa", table=table, skip=skip, classes=classes)


@pytest.fixture
def table(tmp_path):
    def make(text):
        path = tmp_path / "labels.tsv"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return LabelTable(path)

    return make


def test_labels_from_headers():
    chosen = read(record("a|Nucleus"), record("b|x|Cytoplasm"))
    assert chosen.names == ("Nucleus", "Cytoplasm")
    assert [r.id for r in chosen.records] == ["a|Nucleus", "b|x|Cytoplasm"]


@pytest.mark.parametrize("heading", ["", "id\tlabel\n", "#anything\tat all\n", "\n"])
def test_labels_from_a_table(table, heading):
    labels = table(f"{heading}a\tN\r\nb\tC\r\nc\tN\na\tN\n")
    chosen = read(record("b"), record("a|other"), record("c some text"), table=labels)
    assert chosen.names == ("C", "N", "N")


def test_ids_of_the_table_that_are_not_in_the_fasta(table):
    labels = "a\tN\nb\tC\nc\tC\nd\tC\n"
    with pytest.raises(InputError, match="2 of 4 ids are not in the FASTA: 'c', for one"):
        read(record("a"), record("b"), table=table(labels))
    assert read(record("a"), record("b"), table=table(labels), skip=True).n_unknown == 2


def test_records_the_table_does_not_label(table):
    labels = "a\tN\nb\tC\n"
    records = [record("a"), record("b"), record("c", line=7)]
    with pytest.raises(InputError, match="line 7, record c: the table has no label for it"):
        read(*records, table=table(labels))
    chosen = read(*records, table=table(labels), skip=True)
    assert chosen.skipped == ("c: the table has no label for it",)


def test_identical_records_count_once():
    chosen = read(record("a|N"), record("a|N", LETTERS.lower().replace("u", "t")), record("b|C"))
    assert len(chosen.records) == 2
    assert chosen.n_copies == 1


@pytest.mark.parametrize(
    ("second", "what"),
    [(record("a|C"), "label"), (record("a|N", LETTERS + "A"), "sequence")],
)
@pytest.mark.parametrize("skip", [False, True])
def test_one_id_for_two_things_is_refused(second, what, skip):
    with pytest.raises(InputError, match=f"record a: has the id of an earlier .* another {what}"):
        read(record("a|N"), second, record("b|C"), skip=skip)


def test_a_record_that_cannot_be_used_is_named_or_skipped():
    records = [record("a|N"), record("p|N", "MKTLLVEFWQ" * 9, line=3), record("b|C")]
    with pytest.raises(InputError, match=r"x\.fa, line 3, record p\|N: .*protein"):
        read(*records)
    chosen = read(*records, skip=True)
    assert len(chosen.records) == 2
    assert len(chosen.skipped) == 1


GENCODE = "ENST00000456328.{i}|ENSG00000290825.1|-|-|DDX11L2-202|DDX11L2|1657|{last}"


def test_gencode_headers_are_recognised():
    with pytest.raises(InputError, match=r"GENCODE headers.*table of lines"):
        read(record(GENCODE.format(i=1, last="lncRNA|")))
    many = [record(GENCODE.format(i=i, last=f"type{i}")) for i in range(21)]
    with pytest.raises(InputError, match=r"21 distinct labels .*GENCODE headers.*table of lines"):
        read(*many)
    assert len(set(read(*many[:20]).names)) == 20


def test_too_many_labels_in_a_table(table):
    names = [f"t{i}" for i in range(21)]
    labels = table("".join(f"{name}\tL{name}\n" for name in names))
    with pytest.raises(InputError, match=r"21 distinct labels .*in the label table"):
        read(*map(record, names), table=labels)


@pytest.mark.parametrize(
    ("records", "message"),
    [
        ([record("a|N"), record("b|N")], "only the label 'N'"),
        ([record("a")], "no label after the last |"),
        ([record("a|Uncertain"), record("b|C")], "'uncertain' cannot be a label"),
    ],
)
def test_labels_nothing_can_be_learned_from(records, message):
    with pytest.raises(InputError, match=message):
        read(*records)


def test_one_class_is_too_few_for_any_command(table):
    with pytest.raises(InputError) as caught:
        read(record("a|N"))
    assert caught.value.remedy == "Two classes or more are needed."
    with pytest.raises(InputError, match="none of its 1 names is in the input: a; the input has b"):
        read(record("b"), table=table("a\tN\n"), skip=True)


def test_taking_some():
    chosen = read(record("a|N"), record("b|C"), record("c|C"))
    for rows in ([True, False, True], [0, 2]):
        taken = chosen.take(rows)
        assert taken.names == ("N", "C")
        assert [r.id for r in taken.records] == ["a|N", "c|C"]
        assert len(taken.codes) == len(taken) == 2


def test_labels_become_numbers_in_sorted_order():
    records = [record("a|Nucleus"), record("b|Cytoplasm", LETTERS[::-1])]
    data = read(*records)
    assert data.classes == ("Cytoplasm", "Nucleus")
    assert data.labels.tolist() == [1, 0]
    assert data.names == ("Nucleus", "Cytoplasm")
    assert data.counts == {"Cytoplasm": 1, "Nucleus": 1}
    assert data.lengths.tolist() == [len(LETTERS)] * 2
    flipped = read(*records, classes=("Nucleus", "Cytoplasm"))
    assert flipped.labels.tolist() == [0, 1]


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (record("b"), "no label"),
        (record("b|Nucleus", "ACGU"), "too few valid k-mers"),
    ],
)
def test_a_bad_record_is_named_or_skipped(bad, reason):
    classes = ("Cytoplasm", "Nucleus")
    records = [record("a|Nucleus"), record("c|Cytoplasm", LETTERS[::-1]), bad]
    with pytest.raises(InputError, match=reason) as caught:
        read(*records, classes=classes)
    assert caught.value.record.startswith("b")
    data = read(*records, classes=classes, skip=True)
    assert len(data) == 2
    assert reason in data.skipped[0]
    assert "1 records were skipped, the first b" in data.notes[0]


def test_a_class_that_is_none_of_the_given_is_refused():
    with pytest.raises(InputError, match=r"record b\|Moon: the model has no class 'Moon'"):
        read(record("a|N"), record("b|Moon", LETTERS[::-1]), classes=("C", "N"))


@pytest.mark.parametrize("skip", [False, True])
def test_a_table_of_strangers_names_both_sides(table, skip):
    labels = table("id,label\nENST01.2,N\nENST02,C\n")
    with pytest.raises(InputError) as caught:
        read(record("NR_1|x"), record("ENST01.3"), table=labels, skip=skip)
    assert "none of its 2 names is in the input: ENST01.2 (the input has ENST01.3), ENST02" in str(
        caught.value
    )
    assert "the input has NR_1|x, ENST01.3" in str(caught.value)


@pytest.mark.parametrize(
    ("ids", "headers"),
    [
        ("ENST00000000001 ENST00000000002", "ENST00000000001.1 ENST00000000002.7"),
        ("ENST00000000001.1 ENST00000000002.7", "ENST00000000001 ENST00000000002"),
        (
            "ENSG00000000001 ENSG00000000002.1",
            "{0}1.1|{1}1.4|-|-|A-1|A|9| {0}2.1|{1}2.1|-|-|B-1|B|9|",
        ),
        ("MALAT1 XIST", "NR_1|MALAT1 NR_2|XIST"),
        ("NR_046018 NR_002819.4", "hg38_refGene_NR_046018 lcl|NC_1.1_ncrna_NR_002819.4_1"),
    ],
)
def test_ids_of_table_and_headers_meet_whatever_their_form(table, ids, headers):
    one, two = ids.split()
    labels = table(f"{one}\tN\n{two}\tC\n")
    headers = headers.format("ENST0000000000", "ENSG0000000000").split()
    records = read_fasta(io.BytesIO("".join(f">{h}\n{LETTERS}\n" for h in headers).encode()))
    assert read(*records, table=labels).names == ("N", "C")


def test_labels_that_the_model_lacks_are_skipped_and_counted():
    records = [record("a|N"), record("b|C"), record("c|Exosome", line=5)]
    with pytest.raises(InputError, match=r"line 5, record c\|Exosome: the model has no class"):
        read(*records, classes=("C", "N"))
    chosen = read(*records, classes=("C", "N"), skip=True)
    assert chosen.names == ("N", "C")
    assert chosen.skipped == ("c|Exosome: the model has no class 'Exosome'",)
    with pytest.raises(InputError, match="only the label 'N'"):
        read(records[0], records[2], classes=("C", "N"), skip=True)
