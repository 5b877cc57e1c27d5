"""Two tables of differences, a panel on the page, and isoforms side by side."""

import csv
from dataclasses import replace

import numpy as np
import pytest

from graphkit.origin import Origin
from graphkit.reports.explanation.against import DIFFERENCES, PAIRS, AgainstFiles
from graphkit.reports.explanation.files import ExplainFiles
from graphkit.reports.explanation.page import Page
from graphkit.sequences import align, differences, encode
from graphkit.tasks.explain.comparison import PAIR_COLUMNS, PARTS, Comparison
from graphkit.tasks.explain.explanation import Explanation
from graphkit.tasks.explain.settings import Run
from graphkit.types import Record, Scores

MADE = Origin(verb="explain", params={}, input="x.fa")
LONG = "".join(np.random.default_rng(0).choice(list("ACGU"), 200))
RUN = Run(
    source="x.fa", model="m", classes=("Cytoplasm", "Nucleus"), target="Nucleus",
    method="gradients", steps=8, shuffles=0, fdr=0.05, seed=0, n_tracks=2,
)  # fmt: skip


def explained(name, letters, number=1, **more):
    scores = Scores(np.sin(np.arange(len(letters))), range(len(letters)))
    return Explanation(
        Record(name, letters, **more), "explained", "gradients", "Nucleus", encode(letters),
        scores, f_x=float(len(letters)), f_base=0.0, delta=0.0, gap=0.0, steps=8, number=number,
    )  # fmt: skip


def compared(one, other):
    pair = one.codes, other.codes
    positions = align(*pair)
    found = differences(positions, *pair)
    adds = np.arange(len(found), dtype=float) - 0.5
    alone = np.full(len(found), np.nan)
    return Comparison(
        one, other, positions, tuple(found), adds, alone, dict.fromkeys(PARTS, 0.25)
    )  # fmt: skip


class Known:
    """Partners that are the same for each record."""

    def __init__(self, *comparisons):
        self.compare = lambda _explanation: list(comparisons)
        self.missing = lambda: ["only in the input, not compared: b"]


MUTANT = compared(
    explained("m", LONG[:20] + ("A" if LONG[20] != "A" else "C") + LONG[21:]),
    explained("w", LONG[:50] + "G" * 60 + LONG[50:], number=0),
)
REFUSED = Comparison(
    explained("m", LONG), Explanation.refused(Record("x", ""), "no sequence", "gradients", ())
)


def rows(path):
    return list(csv.DictReader(path.read_text().splitlines(), delimiter="\t"))


def test_a_row_for_each_pair_and_for_each_difference(tmp_path):
    with ExplainFiles(tmp_path, {}) as files:
        file = AgainstFiles(Known(MUTANT, REFUSED), files)
        shown, rows_of_all = file.add(MUTANT.explanation)
        assert shown == [MUTANT, REFUSED]
        assert rows_of_all == [MUTANT.row(), REFUSED.row()]
        assert file.finish() == ["only in the input, not compared: b"]
        files.finish({})
    one, none = rows(tmp_path / PAIRS)
    assert tuple(one) == PAIR_COLUMNS
    numbers = [float(one[name].lstrip("'")) for name in ("difference", "error")]
    assert numbers == [-60, 61.25]
    assert one["n_differences"] == "2"
    assert none["status"] == "not_compared: x: no sequence"
    assert (none["differ"], none["error"], none["n_differences"]) == ("", "", "")
    first, second = rows(tmp_path / DIFFERENCES)
    assert (first["kind"], first["start"], first["other_letters"]) == (
        "substitution",
        "20",
        LONG[20],
    )
    assert (second["kind"], second["letters"], second["alone"]) == ("deletion", "", "")
    assert len(second["other_letters"]) == 50
    assert second["other_letters"].endswith("G...")
    assert file.n_compared == 1


def test_the_page_shows_pairs_and_draws_the_first(tmp_path):
    page = Page(tmp_path, replace(RUN, n_tracks=1))
    page.add(MUTANT.explanation, against=[MUTANT, MUTANT, REFUSED])
    text = page.render(MADE)
    assert text.count("Against <bdi>w</bdi>") == 2
    assert text.count("<svg") == 2  # the track and one pair
    assert (tmp_path / "tracks" / "0001_m_against_1.svg").is_file()
    place = MUTANT.differences[1].start
    for shown in ("2 differences", f"none, at {place}", "\u221260.0</b>: 200 here, 260 there",
                  "not_compared: x: no sequence", "m, here", "w, there"):  # fmt: skip
        assert shown in text, shown
    assert "Against another sequence" in text
    assert "Against another sequence" not in Page(tmp_path, RUN).render(MADE)


def test_isoforms_of_a_gene_stand_side_by_side(tmp_path):
    page = Page(tmp_path, replace(RUN, n_tracks=4))
    for number, (name, letters, gene) in enumerate(
        [("i1", LONG, "g"), ("i2", LONG[:40] + LONG[90:], "g"), ("o", LONG, None), ("p", LONG, "h"),
         ("latest", LONG, "g")], start=1,
    ):  # fmt: skip
        page.add(explained(name, letters, number, gene=gene, symbol="<i>XIST</i>"))
    text = page.render(MADE)
    assert text.count("Isoforms side by side") == 1
    assert [path.name for path in tmp_path.glob("tracks/isoforms*")] == ["isoforms_0001_g.svg"]
    picture = (tmp_path / "tracks" / "isoforms_0001_g.svg").read_text()
    assert "i2" in picture
    assert "latest" not in picture  # nor is it drawn by itself
    assert "&lt;i&gt;XIST" in text


@pytest.mark.parametrize("method", ["attention", "mutagenesis"])
def test_isoforms_by_other_methods(tmp_path, method):
    page = Page(tmp_path, replace(RUN, method=method))
    for number in (1, 2):
        page.add(explained(f"i{number}", LONG, number, gene="g"))
    assert ("side by side" in page.render(MADE)) == (method != "attention")


def test_of_many_pairs_the_first_are_kept(tmp_path):
    with ExplainFiles(tmp_path, {}) as files:
        shown, all_rows = AgainstFiles(Known(*[MUTANT] * 30), files).add(MUTANT.explanation)
        files.finish({})
    assert (len(shown), len(all_rows), len(rows(tmp_path / PAIRS))) == (20, 30, 30)
    page = Page(tmp_path, replace(RUN, n_tracks=0))
    page.add(MUTANT.explanation, against=shown)
    assert "At most 20 pairs are shown" in page.render(MADE)
