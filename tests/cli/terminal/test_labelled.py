import pytest

from graphkit.cli.terminal.labelled import read_and_tell
from graphkit.errors import InputError
from graphkit.sequences import read_fasta

GOOD = "ACGUUGCAUGCCAUAGCUAGCAUCGAUUCGGAUC"
TEXT = f">a|Soma\n{GOOD}\n>b|Axon\n{GOOD}A\n>c|Soma\nNNNN\n>a|Soma\n{GOOD}\n"


@pytest.fixture
def read(fasta):
    def read(text=TEXT, *, skip=True, table=None, **options):
        path = fasta(text)
        return read_and_tell(read_fasta(path), str(path), table=table, k=3, skip=skip, **options)

    return read


def test_numbers_follow_the_sorted_names(read, capsys):
    data = read()
    assert data.classes == ("Axon", "Soma")
    assert data.labels.tolist() == [1, 0]
    assert data.lengths.tolist() == [34, 35]
    assert data.counts == {"Axon": 1, "Soma": 1}
    assert [note.split()[1] for note in data.notes] == ["exact", "records"]
    assert "2 records of" in capsys.readouterr().err


def test_a_table_of_labels(read, tmp_path):
    table = tmp_path / "labels.tsv"
    table.write_text("a\tin\nb\tout\nz\tout\n")
    data = read(TEXT[: TEXT.index(">c")], table=table)
    assert data.classes == ("in", "out")
    assert "1 ids of the table" in data.notes[0]


def test_the_numbers_may_be_a_models(read):
    data = read(classes=("Soma", "Axon", "Glia"))
    assert data.labels.tolist() == [0, 1]
    assert data.counts == {"Soma": 1, "Axon": 1}
    with pytest.raises(InputError, match=r"b\|Axon: the model has no class 'Axon'. .* Soma, Glia"):
        read(TEXT[: TEXT.index(">c")], skip=False, classes=("Soma", "Glia"))


def test_labels_are_called_by_other_names(read):
    assert read(rename=["Axon=Neurite", "Soma=Body"]).classes == ("Body", "Neurite")
    for wrong in ("Axon", "=Neurite", "Axon="):
        with pytest.raises(InputError, match="is no pair"):
            read(rename=[wrong])


@pytest.mark.parametrize("missing", ["NA", "nan", "None", ""])
def test_missing_labels_are_named_and_skipped_on_request(read, tmp_path, missing):
    table = tmp_path / "labels.tsv"
    table.write_text(f"a\tin\nb\tout\nc\t{missing}\n")
    text = TEXT.replace("NNNN", f"{GOOD}C")
    with pytest.raises(InputError, match=f"its label is missing: '{missing}'"):
        read(text, table=table, skip=False)
    data = read(text, table=table)
    assert data.classes == ("in", "out")
    assert "c|Soma: its label is missing" in data.notes[1]


def test_what_cannot_be_used_is_an_error(read):
    with pytest.raises(InputError, match="valid k-mers"):
        read(skip=False)
