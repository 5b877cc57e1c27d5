import errno
import os

import pytest

from graphkit.datasets.transcripts import SimulationParams, simulate_transcripts
from graphkit.datasets.writing import SITES_HEADER, write_transcripts
from graphkit.errors import InputError
from graphkit.sequences.fasta import read_fasta
from graphkit.sequences.headers import label_of


@pytest.fixture
def transcripts():
    return simulate_transcripts(SimulationParams(n_transcripts=5), seed=3)


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_what_is_written_reads_back(tmp_path, transcripts):
    write_transcripts(transcripts, tmp_path / "x.fasta", sites=tmp_path / "x.tsv")
    records = list(read_fasta(tmp_path / "x.fasta"))
    assert [(r.id, r.sequence) for r in records] == [
        (t.record.id, t.record.sequence) for t in transcripts
    ]
    assert [label_of(r.header) for r in records] == [t.label for t in transcripts]

    header, *lines = (tmp_path / "x.tsv").read_text().splitlines()
    assert header == SITES_HEADER
    assert len(lines) == 5 * 6
    sequences = {record.id: record.sequence for record in records}
    for line in lines:
        name, start, end, element = line.split("\t")
        assert sequences[name][int(start) : int(end)] == element


def test_sites_are_optional(tmp_path, transcripts):
    write_transcripts(iter(transcripts), str(tmp_path / "x.fasta"))
    assert names(tmp_path) == ["x.fasta"]


def test_nothing_half_written_when_the_disk_is_full(tmp_path, transcripts, monkeypatch):
    sites = tmp_path / "x.tsv"
    sites.write_text("older\n")
    write_transcripts(transcripts, tmp_path / "x.fasta")

    def full(descriptor):
        if any(path.suffix == ".tmp" and path.read_text()[0] == "#" for path in tmp_path.iterdir()):
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(InputError, match=r"x\.tsv: cannot be written \(No space left"):
        write_transcripts(transcripts, tmp_path / "x.fasta", sites=sites)
    assert sites.read_text() == "older\n"
    assert names(tmp_path) == ["x.fasta", "x.tsv"]


def test_refuses_a_folder_that_is_not_there(tmp_path, transcripts):
    with pytest.raises(InputError, match=r"no/x\.tsv: cannot be written \(No such file"):
        write_transcripts(transcripts, tmp_path / "x.fasta", sites=tmp_path / "no" / "x.tsv")
