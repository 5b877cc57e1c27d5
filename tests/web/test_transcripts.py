"""Sequences in the worker: the files of localize and of explain."""

import json

import pytest

from graphkit.errors import InputError
from graphkit.web import transcripts
from graphkit.web.inputs import read_sequences
from graphkit.web.limits import LOCAL

SITE = "UGUAAAUA"
ROW = "ACGUUGCAUGCUAGCAUCGGAUCGAUCGUACGUAGCUAGC"
ORDER = {"model": "lncloc", "name": "x.fa", "notes": [], "total": 1, "parent": "0" * 32}


@pytest.fixture
def folder(tmp_path):
    read_sequences({"fasta": f">a\n{ROW * 4}{SITE}{ROW}\n"}, LOCAL).write(tmp_path)
    return tmp_path


def test_localize_writes_tables_and_pages_and_says_how_far_it_is(folder):
    told = []
    transcripts.localize(folder, ORDER, lambda **one: told.append(one))
    assert told == [{"step": 1, "total": 1}]
    assert {path.name for path in folder.iterdir()} == {
        *("records.jsonl", "table.tsv", "table.csv", "table.json", "report.html", "shown.html"),
    }
    made = json.loads((folder / "table.json").read_text())["made"]
    assert made["input"] == "x.fa"
    assert len(made["model_sha256"]) == 64


def test_explain_finds_the_known_elements(folder):
    transcripts.explain(folder, ORDER, lambda **_: None)
    shown = (folder / "shown.html").read_text()
    assert "Pumilio response element" in shown
    start = 4 * len(ROW)
    assert f"{start:,}\N{EN DASH}{start + len(SITE):,}" in shown
    assert "Pumilio" not in (folder / "explanation.html").read_text()
    assert (folder / "track.svg").read_text().lstrip().startswith("<?xml")


def test_a_record_that_cannot_be_explained_is_refused(tmp_path):
    read_sequences({"fasta": ">a\nACGU\n"}, LOCAL).write(tmp_path)
    with pytest.raises(InputError, match=r"x\.fa"):
        transcripts.explain(tmp_path, ORDER, lambda **_: None)


def test_a_model_is_loaded_once():
    assert transcripts.load("lncloc") is transcripts.load("lncloc")
    assert "What it is" in transcripts.about("lncloc")["card"]
