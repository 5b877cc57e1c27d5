"""What comes in: records and tables, within their caps, back from their files as they were."""

import io

import pytest

from graphkit.errors import InputError
from graphkit.web.inputs import HDF5, Sequences, read_records, read_sequences, read_spots, shown
from graphkit.web.limits import LOCAL, Limits


def test_records_come_back_as_they_were(tmp_path):
    text = ">a|gene <x>\nacgt\n>\nACGUN\n>\u2028b\nAC-GU\n"
    found = read_sequences({"fasta": text}, LOCAL)
    found.write(tmp_path)
    assert tuple(read_records(tmp_path)) == found.records
    assert found.records[1].warnings


def test_letters_that_are_no_text_come_back_too(tmp_path):
    found = read_sequences({"file": ("x", io.BytesIO(b">\xff\xfea\nACGU\n"))}, LOCAL)
    found.write(tmp_path)
    assert tuple(read_records(tmp_path)) == found.records
    half = read_sequences({"fasta": ">\ud800\nACGU"}, LOCAL)
    half.write(tmp_path)
    assert isinstance(half, Sequences)


def test_what_is_read_ends_one_above_the_cap():
    class Endless(io.RawIOBase):
        n_read = 0

        def readable(self):
            return True

        def read(self, n=-1):
            self.n_read += n
            return b">a\nACGU\n" * 1000

    source = Endless()
    with pytest.raises(InputError, match="more than 2 sequences"):
        read_sequences({"file": ("x", source)}, Limits(sequences=2))
    assert source.n_read < 1e7


@pytest.mark.parametrize("fields", [{"fasta": 3}, {"fasta": ("x", None)}, {"ids": []}])
def test_fields_that_are_no_text_are_refused(fields):
    with pytest.raises(InputError, match="is no text"):
        read_sequences(fields, LOCAL)


@pytest.mark.parametrize(
    ("verb", "fields", "words"),
    [
        ("rm", {}, "verb: is unknown"),
        ("domains", {}, "file: missing"),
        ("domains", {"file": ("../x.h5ad", io.BytesIO(b"\x80\x04pickle"))}, "x.h5ad: is no .h5ad"),
        ("domains", {"file": ("x", io.BytesIO(HDF5)), "n_domains": "1e9"}, "n_domains: is '1e9'"),
        ("modules", {"file": ("x", io.BytesIO(HDF5)), "number": "1"}, "n_modules: is '1'"),
        ("cluster", {"file": ("x", io.BytesIO(HDF5)), "number": "9" * 5000}, "n_clusters: is '9"),
        ("annotate", {"file": ("x", io.BytesIO(HDF5))}, "reference: missing"),
        (
            "annotate",
            {"file": ("x", io.BytesIO(HDF5)), "reference": ("y/r.h5ad", io.BytesIO(b"PK"))},
            "r.h5ad: is no .h5ad file",
        ),
    ],
)
def test_tables_that_cannot_be_meant_are_refused(verb, fields, words):
    with pytest.raises(InputError, match=words):
        read_spots(verb, fields)


def test_a_table_goes_into_a_file_of_our_own_name(tmp_path):
    fields = {"file": ("../../x.h5ad", io.BytesIO(HDF5 + b"rest")), "number": "7", "layer": " "}
    found = read_spots("domains", fields)
    found.write(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["input.h5ad"]
    assert (tmp_path / "input.h5ad").read_bytes() == HDF5 + b"rest"
    slots = {"layer": None, "spatial_key": "spatial", "library_key": None}
    asked = {"name": "x.h5ad", "reference": None, "slots": slots, "options": {"n_domains": 7}}
    assert found.asked() == asked


def test_a_reference_goes_beside_the_table(tmp_path):
    names = {"file": "a.h5ad", "reference": "/b.h5ad"}
    files = {slot: (name, io.BytesIO(HDF5 + name.encode())) for slot, name in names.items()}
    found = read_spots("annotate", {**files, "label": " kind "})
    found.write(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["input.h5ad", "reference.h5ad"]
    assert (tmp_path / "reference.h5ad").read_bytes() == HDF5 + b"/b.h5ad"
    assert found.asked()["reference"] == "b.h5ad"
    assert found.options == {"label": "kind"}


@pytest.mark.parametrize(
    ("verb", "options"),
    [("domains", {"n_domains": "auto"}), ("cluster", {}), ("check-labels", {"label": "cell_type"})],
)
def test_what_is_not_given_is_as_usual(verb, options):
    assert read_spots(verb, {"file": ("x", io.BytesIO(HDF5))}).options == options


def test_a_word_for_a_number_is_for_the_verb_to_know():
    fields = {"file": ("x", io.BytesIO(HDF5)), "number": "leiden"}
    assert read_spots("cluster", fields).options == {"n_clusters": "leiden"}


def test_a_name_is_cut_and_printable():
    assert shown("\x1b[2J" + "a" * 500).startswith("?[2Jaaa")
    assert len(shown("a" * 500)) == 100
