import hashlib
import re

import pytest

from graphkit.datasets.locate import shipped
from graphkit.datasets.transcripts import SimulationParams, simulate_transcripts
from graphkit.datasets.writing import write_transcripts
from graphkit.errors import InputError
from graphkit.sequences.fasta import read_fasta


def test_simulated_files_are_what_the_readme_says_makes_them(tmp_path):
    fasta, sites = tmp_path / "x.fasta", tmp_path / "x.tsv"
    write_transcripts(
        simulate_transcripts(SimulationParams(n_transcripts=60), seed=0), fasta, sites=sites
    )
    assert fasta.read_bytes() == shipped("simulated_transcripts.fasta").read_bytes()
    assert sites.read_bytes() == shipped("simulated_sites.tsv").read_bytes()


def test_readme_gives_the_checksum_of_every_file():
    text = shipped("README.md").read_text(encoding="utf-8")
    listed = dict(re.findall(r"^([0-9a-f]{64})  (\S+)$", text, flags=re.MULTILINE))
    folder = shipped("README.md").parent
    files = {path.name: path for path in folder.iterdir() if path.name != "README.md"}
    assert {name: digest for digest, name in listed.items()} == {
        name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in files.items()
    }


def test_three_mouse_lincrnas():
    records = list(read_fasta(shipped("mouse_lincrnas.fasta")))
    assert [(r.id, r.gene, r.symbol, len(r.sequence)) for r in records] == [
        ("ENSMUST00000180479.1", "ENSMUSG00000097770.1", "Gm26776", 1872),
        ("ENSMUST00000181642.1", "ENSMUSG00000097774.1", "Gm26565", 1968),
        ("ENSMUST00000180841.1", "ENSMUSG00000097345.1", "AA543186", 1696),
    ]
    assert all(not r.warnings and r.problem is None for r in records)


@pytest.mark.parametrize("name", ["nothing.fasta", "../README.md", "", "/etc/passwd", "."])
def test_refuses_other_names_and_lists_the_choices(name):
    with pytest.raises(InputError, match=r"Choose one of README\.md, mouse_lincrnas\.fasta, "):
        shipped(name)


def test_installed_files_come_before_the_checkout(tmp_path, monkeypatch):
    for name in ("installed", "checkout"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "both.txt").touch()
    (tmp_path / "checkout" / "one.txt").touch()
    folders = (tmp_path / "installed", tmp_path / "absent", tmp_path / "checkout")
    monkeypatch.setattr("graphkit.datasets.locate._FOLDERS", folders)
    assert shipped("both.txt").parent.name == "installed"
    assert shipped("one.txt").parent.name == "checkout"


def test_says_so_where_no_file_is_found(tmp_path, monkeypatch):
    monkeypatch.setattr("graphkit.datasets.locate._FOLDERS", (tmp_path,))
    with pytest.raises(InputError, match=r"\(none found\)"):
        shipped("x")
