from dataclasses import replace

import numpy as np
import pytest

from graphkit.motifs import (
    KNOWN_ELEMENTS,
    Enrichment,
    KnockOut,
    Match,
    Motif,
    MotifResult,
    MotifTable,
    Track,
)
from graphkit.motifs.seqlets.call import strongest
from graphkit.origin import Origin
from graphkit.palette import GROUPS
from graphkit.reports.motif_files import write_findings
from graphkit.reports.motif_page import render
from graphkit.sequences import decode, encode
from graphkit.tasks.explain.settings import Run
from graphkit.tasks.find_motifs import Gathered
from graphkit.tasks.measured_classes import AGAINST, FOR

MADE = Origin(verb="motifs", params={}, input="x.fa")
NASTY = "<script>alert(1)</script>"
RUN = Run(
    source=NASTY, model=NASTY, classes=("Cytoplasm", "Nucleus"), target="Nucleus",
    method="gradients", steps=8, shuffles=1, fdr=0.05, seed=0, n_tracks=0,
)  # fmt: skip
ROW = MotifResult(
    motif=Motif.from_consensus("GCCUCCC", n_sites=12),
    favours="Nucleus",
    n_transcripts=9,
    descriptive=False,
    enrichment=Enrichment(3.25, 1.5, 6.0, 0.001, 0.0123, (0.1, 0.3), (40, 50)),
    knock_out=KnockOut(-0.5, -0.75, -0.25, 0.125, 9, 12),
    matches=(Match("M1", "x", NASTY, 0, 6, 0.01, 0.02),),
    known=KNOWN_ELEMENTS[:1],
)


def page(folder, *rows, descriptive=False, problem="", known=(), tracks=()):
    table = MotifTable(
        rows=rows, classes=("Cytoplasm", "Nucleus"), n_tracks=3, n_seqlets=7, n_tested=3,
        descriptive=descriptive, reason="no measured classes" if descriptive else "",
        known=known,
    )  # fmt: skip
    gathered = Gathered(
        list(tracks), labels=[FOR, FOR, AGAINST], seen=[True, False, False], n_records=4
    )
    folder.mkdir(exist_ok=True)
    logos = write_findings(folder, table)
    return render(table, RUN, gathered, logos=logos, folder=folder, problem=problem, origin=MADE)


def test_a_motif_in_full(tmp_path):
    text = page(tmp_path, ROW)
    for shown in ("<svg", "GCCUCCC", "for Nucleus", "\u22120.5", "elsewhere 0.125", "3.25",
                  "0.0123", f"--against: {GROUPS[0]}; --for: {GROUPS[1]}",
                  KNOWN_ELEMENTS[0].doi, "2 Nucleus and 1 Cytoplasm", "not what the cell does",
                  "1 that the model was trained on"):  # fmt: skip
        assert shown in text
    assert "descriptive" not in text.lower()


def test_nothing_from_outside_is_markup(tmp_path):
    text = page(tmp_path, ROW)
    assert "<script" not in text
    assert text.count("&lt;script&gt;") >= 3


def test_without_a_test_there_is_no_q(tmp_path):
    text = page(tmp_path, replace(ROW, descriptive=True), descriptive=True)
    assert "Descriptive, nothing was tested:</b> no measured classes" in text
    assert "0.0123" not in text
    assert "3.25" in text


def test_the_users_own_problem_goes_before_that_of_the_search(tmp_path):
    text = page(tmp_path, descriptive=True, problem="no label is a class")
    assert "no label is a class" in text
    assert "no measured classes" not in text


@pytest.mark.parametrize("descriptive", [True, False])
def test_no_motif_at_all(tmp_path, descriptive):
    text = page(tmp_path, descriptive=descriptive)
    assert "0 motifs from 7 seqlets" in text
    assert "too few or too unlike" in text


def with_q(row, q):
    return replace(row, enrichment=replace(row.enrichment, q=q))


def test_rows_are_grouped_by_significance(tmp_path):
    other = replace(with_q(ROW, 0.3), motif=ROW.motif.renamed("M2"))
    text = page(tmp_path, ROW, other)
    passed, failed = text.index("q below 0.05"), text.index("not shown to be commoner")
    assert passed < text.index("0.0123") < failed < text.index(">0.3<")
    assert "not shown" not in page(tmp_path / "one", ROW)


def test_numbers_have_a_unit_and_no_powers_of_ten(tmp_path):
    text = page(tmp_path, replace(ROW, enrichment=replace(ROW.enrichment, odds_ratio=1880.4)))
    assert "1,880" in text
    assert "e+03" not in text
    assert "Knocking it out, log-odds" in text
    assert "&lt; 0.0001" in page(tmp_path / "small", with_q(ROW, 1e-9))


def test_variants_stand_in_the_row_of_their_element(tmp_path):
    part = Motif.from_consensus("CCUCC", n_sites=4)
    text = page(tmp_path, replace(ROW, variants=(part,)))
    assert "also <code>CCUCC</code>" in text
    assert "CCUCC (4)" in (tmp_path / "motifs.tsv").read_text()


@pytest.mark.parametrize(
    ("q", "told"),
    [
        (0.01, "1 with q below 0.05. All"),
        (0.9, "0 with q below 0.05. The first of the others"),
    ],
)
def test_known_motifs_are_told_where_nothing_was_discovered(tmp_path, q, told):
    text = page(tmp_path, known=(with_q(ROW, q),))
    assert "Known motifs, tested by themselves" in text
    assert told in text
    head, line = (tmp_path / "known_motifs.tsv").read_text().splitlines()
    assert head.split("\t")[:4] == ["motif", "protein", "consensus", "favours"]
    assert line.split("\t")[-1] == f"{q:g}"


def test_without_a_motif_the_strongest_stretches_are_shown_as_what_they_are(tmp_path):
    scores = np.random.default_rng(0).normal(size=100) * 0.3
    scores[40:48] = -3.0
    track = Track(NASTY, encode("ACGUU" * 20), scores)
    text = page(tmp_path, tracks=[track])
    assert "Strongest stretches, not above chance" in text
    one = min(strongest(track), key=lambda seqlet: seqlet.score)
    assert 38 <= one.start < one.end <= 50
    assert f'<code class="against">{decode(track.codes[one.start : one.end])}</code>' in text
    assert f"{one.start}\u2013{one.end}" in text
    assert "<script" not in text
    named = replace(ROW, motif=ROW.motif.renamed("M1"))
    assert "not above chance" not in page(tmp_path / "some", named, tracks=[track])
