import re
from dataclasses import replace

import matplotlib as mpl
import numpy as np
import pytest

from graphkit.motifs import Seqlet
from graphkit.origin import Origin
from graphkit.palette import OTHERS, class_colors
from graphkit.reports.explanation import page as explain_page
from graphkit.reports.explanation.page import Page
from graphkit.sequences import encode
from graphkit.tasks.explain.explanation import Explanation
from graphkit.tasks.explain.settings import Run
from graphkit.types import Prediction, Record, Scores, Window

MADE = Origin(verb="explain", params={}, input="x.fa")
LETTERS = "ACGGUGCUAGCAUUGACUAGGCUAAUCGCA"
NASTY = "<script>alert('x')</script>$\\frac{$&amp;\x1b[2J"


def settings(**more):
    values = {
        "source": "x.fa", "model": "m", "classes": ("Cytoplasm", "Nucleus"), "target": "Nucleus",
        "method": "gradients", "steps": 8, "shuffles": 1, "fdr": 0.05, "seed": 0, "n_tracks": 2,
    }  # fmt: skip
    return Run(**(values | more))


def explained(number=1, name="a", seqlets=(), **more):
    scores = np.sin(np.arange(len(LETTERS)))
    scores += (1 - scores.sum()) / len(LETTERS)
    return Explanation(
        Record(name, LETTERS, symbol="<b>S</b>"), "explained", "gradients", "Nucleus",
        encode(LETTERS), Scores(scores, range(len(LETTERS))), f_x=1.25, f_base=-0.5,
        side={"A": 0.7}, delta=0.05, gap=0.03, steps=8, number=number, seqlets=tuple(seqlets),
        **more,
    )  # fmt: skip


def refused(number=1, reason="no sequence"):
    found = Explanation.refused(Record("r", ""), reason, "gradients", ("odd",))
    return replace(found, number=number)


def test_a_record_in_numbers_and_pictures(tmp_path):
    page = Page(tmp_path, settings())
    seqlet = Seqlet(0, 3, 9, -1, -1.5, 0.001, 0.004)
    picture = page.add(explained(seqlets=[seqlet], warnings=("odd",)), genome="chr1:1-9 (+)")
    assert picture == "tracks/0001_a.svg"
    assert (tmp_path / picture).read_text().lstrip().startswith("<?xml")
    text = page.render(MADE)
    for shown in ("<svg", "1.25", "\u22120.5", "41 %", "0.05", "chr1:1-9 (+)", "odd", "GUGCUA",
                  "3\u20139", "\u22121.5", "0.004", "not what the cell does"):  # fmt: skip
        assert shown in text
    assert "<?xml" not in text


@pytest.mark.parametrize(
    ("target", "wanted", "painted"),
    [(None, "C", 1), ("C", "C", 2), ("B", "B", 2)],
)
def test_a_record_has_the_colours_of_its_class(tmp_path, target, wanted, painted):
    page = Page(tmp_path, settings(classes=("A", "B", "C"), target=target))
    one = explained()
    page.add(replace(one, target=wanted))
    text = page.render(MADE)
    style = f"--against: {OTHERS}; --for: {class_colors('ABC')[wanted]}"
    # Without a class of all records only the record itself has colours.
    assert text.count(style) == text.count("--for: ") == painted
    drawn = (tmp_path / "tracks/0001_a.svg").read_text()
    assert class_colors("ABC")[wanted].lower() in drawn


@pytest.mark.parametrize(
    ("method", "shown", "hidden"),
    [
        ("gradients", ("log-odds per nt", "speaks for Nucleus", "sum of scores"), ()),
        (
            "attention",
            ("share per nt", "attention, no evidence", "sum of scores"),
            ("speaks for", "log-odds per nt"),
        ),
        ("mutagenesis", ("fall of log-odds",), ("per nt", "sum of scores", "Agreement")),
    ],
)
def test_pictures_say_what_a_score_is(tmp_path, monkeypatch, method, shown, hidden):
    # As text, not as outlines of letters.
    monkeypatch.setitem(mpl.rcParams, "svg.fonttype", "none")
    page = Page(tmp_path, settings(method=method))
    page.add(explained())
    text = page.render(MADE)
    assert all(word in text for word in shown)
    assert not any(word in text for word in hidden)


def test_no_q_is_nothing(tmp_path):
    page = Page(tmp_path, settings())
    page.add(explained(seqlets=[Seqlet(0, 3, 9, -1, -1.5, 0.0, 0.0)]))
    text = page.render(MADE)
    assert "&lt; 0.0001</td>" in text
    assert ">0</td>" not in text


def test_nothing_of_a_header_is_markup(tmp_path):
    page = Page(tmp_path, settings(source=NASTY, model=NASTY))
    page.add(explained(name=NASTY, warnings=(NASTY,)), genome=NASTY)
    page.add(refused(2, reason=NASTY))
    text = page.render(MADE)
    assert "<script" not in text
    assert "<b>S" not in text
    assert "\x1b" not in text
    assert "&lt;script&gt;" in text
    assert [path.name for path in (tmp_path / "tracks").iterdir()] == [
        "0001_script_alert_x_script_frac_amp_2J.svg"
    ]


def test_only_the_first_are_drawn_and_refused_ones_do_not_count(tmp_path):
    page = Page(tmp_path, settings())
    page.add(refused(1))
    drawn = [page.add(explained(number)) for number in (2, 3, 4)]
    assert [bool(picture) for picture in drawn] == [True, True, False]
    text = page.render(MADE)
    assert text.count("<svg") == 2
    assert "The first 2 are drawn" in text
    assert "3 of 4 records" in text
    assert "Not explained: no sequence" in text
    assert page.first_refused == "r: not_explained: no sequence"


def test_what_is_kept_does_not_grow_with_the_input(tmp_path, monkeypatch):
    monkeypatch.setattr(explain_page, "MOST_ROWS", 3)
    page = Page(tmp_path, settings(n_tracks=0))
    for number in range(1, 11):
        page.add(explained(number))
    assert (len(page.rows), page.n_records, page.n_explained) == (3, 10, 10)
    assert not any(
        isinstance(value, np.ndarray) for row in page.rows for value in row.numbers.values()
    )
    assert "3 of 10 are shown" in page.render(MADE)
    assert not (tmp_path / "tracks").exists()


def test_many_seqlets_are_cut_to_the_strongest(tmp_path):
    seqlets = [Seqlet(0, i, i + 4, 1, float(i), 0.01, 0.02) for i in range(20)]
    page = Page(tmp_path, settings(n_tracks=0))
    page.add(explained(seqlets=seqlets))
    text = page.render(MADE)
    assert "The strongest 8 of 20" in text
    assert "19\u201323" in text
    assert "0\u20134" not in text


def test_label_and_value_come_first_and_sums_are_folded_away(tmp_path):
    page = Page(tmp_path, settings(unit="log2_CN", level=0.8, n_tracks=0))
    said = Prediction("a", None, None, 30, "predicted", "Nucleus", (0.27, 0.73),
                      value=(-2.489, -4.65, 0.24))  # fmt: skip
    windows = (Window("the whole", 0, 30, 0.2), Window("first 20 nt", 0, 20, -0.772))
    page.add(explained(prediction=said, windows=windows, reference="average transcript"))
    text = page.render(MADE)
    assert "<b>Nucleus</b> · log2_CN -2.49 (-4.65 to +0.24) · P(Nucleus) 0.73" in text
    assert "reading the whole <b>+0.200</b>" in text
    assert "first 20 nt <b>\u22120.772</b>" in text
    assert "a range that holds 80 %" in text
    records = text[text.index('<div class="records">') :]
    assert records.index("<details>") < records.index("f(average transcript)")
    for jargon in ("gap", "f(Nucleus)"):
        assert jargon not in records[: records.index("<details>")]


def test_what_is_outside_the_domain_has_no_label(tmp_path):
    page = Page(tmp_path, settings(n_tracks=0))
    said = Prediction("a", None, None, 30, "outside_domain", "uncertain", (0.4, 0.6))
    page.add(explained(prediction=said))
    assert "<b>outside what the model was taught</b> · P(Nucleus) 0.60" in page.render(MADE)


@pytest.mark.parametrize(("reference", "shown"), [("average transcript", "beyond what"),
                                                  ("baseline", "knows no average")])  # fmt: skip
def test_the_page_says_what_scores_are_compared_with(tmp_path, reference, shown):
    page = Page(tmp_path, settings(n_tracks=0))
    page.add(explained(reference=reference))
    text = page.render(MADE)
    assert shown in text
    assert f"f({reference})" in text


def test_where_nothing_stands_out_the_strongest_are_shown_as_that(tmp_path):
    page = Page(tmp_path, settings(n_tracks=0))
    page.add(explained(strongest=(Seqlet(0, 3, 9, -1, -1.5, 1.0, 1.0),)))
    page.add(explained(2, seqlets=[Seqlet(0, 3, 9, -1, -1.5, 0.001, 0.004)]))
    text = page.render(MADE)
    assert text.count("Strongest stretches, not above chance") == 1
    assert text.count("GUGCUA") == 2
    assert "In 1 of 2 records no stretch stands out of chance" in text
    assert "graphkit motifs" in text


def test_records_can_be_put_in_order_without_a_script(tmp_path):
    page = Page(tmp_path, settings(n_tracks=0))
    for number, f_x in ((1, 0.5), (2, 2.0), (3, -1.0)):
        page.add(replace(explained(number), f_x=f_x))
    page.add(refused(4))
    text = page.render(MADE)
    assert '<a href="#by-highest">highest log-odds first</a>' in text
    assert "#by-highest:target ~ .records article { order: var(--highest); }" in text
    places = re.findall(r'<article id="r(\d)" style="--highest: (\d); --lowest: (\d);', text)
    assert places == [("1", "2", "2"), ("2", "1", "3"), ("3", "3", "1"), ("4", "4", "4")]


def test_one_record_needs_no_order(tmp_path):
    page = Page(tmp_path, settings(n_tracks=0))
    page.add(explained())
    assert "Order:" not in page.render(MADE)


@pytest.mark.parametrize("method", list(explain_page.METHODS))
@pytest.mark.parametrize("shuffles", [0, 1, 3])
def test_every_way_of_explaining_has_words_for_it(tmp_path, method, shuffles):
    page = Page(tmp_path, settings(method=method, shuffles=shuffles))
    text = page.render(MADE)
    assert explain_page.METHODS[method] in text
    assert ("no evidence of what moves the answer" in text) is (method == "attention")
    assert ("Seqlets" in text) is (method != "attention")


def test_the_table_of_tests(tmp_path):
    """What has a bar stands first, and everything behind a fold."""
    rows = [
        {"test": "completeness", "value": 0.01234, "bar": "<= 0.1", "passed": "yes"},
        {"test": "members", "value": 0.5, "bar": "", "passed": ""},
    ]
    text = Page(tmp_path, settings()).render(MADE, rows)
    judged = "<td>completeness</td><td>0.0123</td><td>&lt;= 0.1</td><td>yes</td>"
    assert text.count(judged) == 2
    assert text.count("<td>members</td>") == 1
    assert text.index(judged) < text.index("<summary>All 2") < text.index("<td>members</td>")


def test_tests_without_any_bar(tmp_path):
    text = Page(tmp_path, settings()).render(MADE, [{"test": "a", "value": 0.5, "bar": ""}])
    assert text.count("<td>a</td>") == 1
