import csv
from dataclasses import replace

import pytest

from graphkit.motifs import Enrichment, KnockOut, Match, Motif, MotifResult, MotifTable, read_motifs
from graphkit.reports.motif_files import (
    COLUMNS,
    KNOWN_COLUMNS,
    MARKER,
    as_row,
    families,
    write_findings,
)

TESTED = MotifResult(
    motif=Motif.from_consensus("UGUANAUA", n_sites=12),
    favours="Cytoplasm",
    n_transcripts=9,
    descriptive=False,
    enrichment=Enrichment(3.0, 1.5, 6.0, 0.001, 0.01, (0.1, 0.3), (40, 50)),
    knock_out=KnockOut(0.5, 0.25, 0.75, 0.125, 9, 12),
    matches=(
        Match("M1", "PUM2", "Pumilio", 0, 8, 1e-5, 0.002),
        Match("M2", "PUM1", "Pumilio", 0, 8, 1e-6, 0.001),
        Match("M3", "HuR", "", 0, 6, 1e-3, 0.05),
    ),
)
DESCRIPTIVE = replace(TESTED, descriptive=True, knock_out=None, matches=())


def table(*rows):
    return MotifTable(
        rows=rows, classes=("Cytoplasm", "Nucleus"), n_tracks=9, n_seqlets=30, n_tested=0,
        descriptive=False,
    )  # fmt: skip


def read(folder):
    with (folder / MARKER).open() as file:
        return list(csv.DictReader(file, delimiter="\t"))


def test_one_line_a_motif(tmp_path):
    other = replace(DESCRIPTIVE, motif=Motif.from_consensus("GCCUCCC", n_sites=8))
    logos = write_findings(tmp_path, table(TESTED, other))
    first, second = read(tmp_path)
    assert tuple(first) == COLUMNS
    assert (first["consensus"], first["nsites"], first["transcripts"]) == ("UGUANAUA", "12", "9")
    assert (first["status"], first["p"], first["q"]) == ("tested", "0.001", "0.01")
    assert (first["knock_out"], first["knock_out_control"]) == ("0.5", "0.125")
    assert first["rbp_families"] == "Pumilio (q=0.001); HuR (q=0.05)"
    assert second["status"] == "descriptive"
    assert (second["p"], second["q"], second["knock_out"]) == ("", "", "")
    assert [motif.consensus for motif in read_motifs(tmp_path / "motifs.meme")] == [
        "UGUANAUA", "GCCUCCC",
    ]  # fmt: skip
    assert len(logos) == 2
    assert all("<svg" in (tmp_path / logo).read_text() for logo in logos)


def test_nothing_found_leaves_tables_without_rows(tmp_path):
    assert write_findings(tmp_path, table()) == []
    assert (tmp_path / MARKER).read_text().split() == list(COLUMNS)
    assert "MEME version 4" in (tmp_path / "motifs.meme").read_text()
    assert not (tmp_path / "logos").exists()


def test_what_was_not_tested_has_no_q_even_where_it_has_odds():
    row = as_row(DESCRIPTIVE)
    assert row["odds_ratio"] == 3.0
    assert "q" not in row
    assert "p" not in row


def test_names_of_proteins_stand_in_where_a_family_is_unknown():
    assert families([Match("M9", "", "", 0, 6, 0.1, 0.25)]) == "M9 (q=0.25)"
    assert families([]) == ""


@pytest.mark.parametrize("result", [TESTED, DESCRIPTIVE])
def test_every_key_is_a_column(result):
    assert set(as_row(result)) <= {*COLUMNS, *KNOWN_COLUMNS}
