import re
from dataclasses import replace

import pytest

from graphkit.evaluation import PredictionInterval
from graphkit.origin import Origin
from graphkit.palette import GROUPS
from graphkit.reports.localization import MOST_REFUSED, MOST_ROWS, Report, Run
from graphkit.reports.tally import Tally
from graphkit.sequences import LineEffects
from graphkit.tasks.localize.quantity import Quantity
from graphkit.types import Neighbor, Prediction

MADE = Origin(verb="localize", params={}, input="x.fa")
CLASSES = ("Cytoplasm", "Nucleus")
QUANTITY = Quantity(
    name="log2_CN",
    threshold=-1.0,
    interval=PredictionInterval(1.0, 2.0),
    line_interval=PredictionInterval(3.0, 3.0),
    effects=LineEffects(("A549", "K562"), (-0.5, 0.5), 1.0, 2.0),
)


def prediction(name="r", p=0.9, label="Nucleus", **more):
    return Prediction(name, None, None, 99, "predicted", label, (1 - p, p), "4 of 5", 0.0, **more)


def refusal(name="bad"):
    return Prediction(name, None, None, 0, "not_predicted: no sequence")


def page(*predictions, about=None, classes=CLASSES, uncertain=0.6, more=None):
    report, tally = Report(classes), Tally()
    for one in predictions:
        report.add(one, more or {})
        tally.add(one)
    return report.render(Run("x.fa", "lncloc", about or {}, uncertain), tally, MADE)


def test_what_a_page_says():
    about = {"name": "The Model", "summary": "Says where.", "labels": "Measured.", "limits": "Few."}
    about["accuracy"] = "Right in 60 of 100."
    text = page(prediction(), prediction(p=0.55, label="uncertain"), refusal(), about=about)
    for words in (*about.values(), "3 records", "no sequence", "4 of 5", "0.90", "0.6", "graphkit"):
        assert words in text


def test_a_page_asks_the_network_nothing():
    text = page(prediction())
    assert not re.search(r"<(script|link|img|iframe|object|embed|base)|https?:|@import|url\(", text)
    assert "default-src 'none'" in text


def test_bars_fill_up():
    text = page(prediction(p=0.25, label="Cytoplasm"))
    assert 'class="c0" style="width:75.0%"' in text
    assert 'class="c1" style="width:25.0%"' in text
    assert 'aria-label="Cytoplasm 0.75, Nucleus 0.25"' in text


def test_the_limit_is_drawn_where_it_is():
    text = page(prediction(), uncertain=0.7)
    assert "left:30.00%" in text
    assert "left:70.00%" in text
    three = Prediction("r", None, None, 9, "predicted", "A", (0.8, 0.1, 0.1))
    assert "<i style" not in page(three, classes=("A", "B", "C"))


def test_what_is_kept_does_not_grow():
    report, tally = Report(CLASSES), Tally()
    for i in range(3 * MOST_ROWS):
        one = refusal("x" * 10_000) if i % 2 else prediction("y" * 10_000)
        report.add(one, {})
        tally.add(one)
    assert len(report.rows) == MOST_ROWS
    assert len(report.refused) == MOST_REFUSED
    text = report.render(Run("x", "m", {}, 0.6), tally, MADE)
    assert len(text) < 3_000_000
    assert "The first 2,000 of 6,000" in text
    assert "3,000 of 6,000 got no prediction" in text


@pytest.mark.parametrize("place", ["id", "class", "source", "about", "warning", "reason"])
def test_text_from_outside_is_text(place):
    evil = "<script>alert('1')</script>"
    given = {
        name: evil if name == place else "fine" for name in ("id", "class", "warning", "reason")
    }
    classes = ("A", given["class"])
    report, tally = Report(classes), Tally()
    for one in (
        Prediction(given["id"], evil, evil, 9, "predicted", classes[1], (0.1, 0.9), "1 of 1", 0.0),
        prediction(label=classes[1], warnings=(given["warning"],)),
        prediction(label=classes[1], known_label=classes[1], query_coverage=1.0),
        Prediction(given["id"], None, None, 9, f"not_predicted: {given['reason']}"),
    ):
        report.add(one, {})
        tally.add(one)
    about = dict.fromkeys(("name", "summary", "species", "labels", "accuracy", "limits"), evil)
    text = report.render(Run(evil, evil, about if place == "about" else {}, 0.6), tally, MADE)
    assert "<script" not in text
    assert "&lt;script&gt;" in text


def test_letters_that_turn_the_page_around_are_shown_as_such():
    text = page(prediction("\u202egnp.exe\x00"))
    assert "?gnp.exe?" in text


def test_isoforms_that_disagree_are_told():
    more = {"isoforms": 2, "isoforms_agree": "no", "isoform_labels": "Cytoplasm 1, Nucleus 1"}
    assert "isoforms disagree: Cytoplasm 1, Nucleus 1" in page(prediction(), more=more)


def test_a_measured_label_stands_under_the_predicted_one():
    known = prediction(known_label="Cytoplasm", query_coverage=0.987, reference_coverage=1.0)
    text = page(known, prediction())
    assert "<small>measured: Cytoplasm (0.98 of this, 1.00 of that)</small>" in text
    assert text.count("measured: ") == 1
    assert "<dt>Measured</dt>" in text
    assert "1 row is identical or nearly identical" in text
    assert "<dt>Measured</dt>" not in page(prediction())


def test_a_related_label_is_told_as_such():
    text = page(prediction(related_label="Nucleus", query_coverage=1.0, reference_coverage=0.219))
    assert "<small>related: Nucleus (1.00 of this, 0.21 of that)</small>" in text
    assert "1 row is a piece, an isoform or a fusion" in text
    assert "<dt>Measured</dt>" not in text
    assert "<dt>Related</dt>" not in page(prediction())


@pytest.mark.parametrize(("share", "shown"), [(1.0, "1.00"), (0.9999, "0.99"), (0.5, "0.50")])
def test_only_a_coverage_of_one_is_shown_as_one(share, shown):
    assert f"({shown} of this" in page(prediction(known_label="A", query_coverage=share))


def test_a_row_outside_the_domain_is_told():
    text = page(
        Prediction(
            "r", None, None, 30, "outside_domain", "uncertain", (0.1, 0.9), "5 of 5",
            warnings=("short: 30 known letters",), applicability=0.0,
        ),
        prediction(applicability=0.5),
    )  # fmt: skip
    assert "<span>outside what the model was taught</span><span>short: 30 known letters" in text
    assert '<td class="number applicability">0.00</td>' in text
    assert '<td class="number applicability">0.50</td>' in text
    assert "as for 1 row here" in text


def test_the_rule_of_a_label_is_told():
    odds = page(prediction(), uncertain=None)
    assert "A label needs a class 1.5 times as likely as the next (the thin lines" in odds
    assert "left:40.00%" in odds
    assert "A label needs a probability of 0.7 or more." in page(prediction(), uncertain=0.7)
    three = Prediction("r", None, None, 9, "predicted", "A", (0.8, 0.1, 0.1))
    assert "<i style" not in page(three, classes=("A", "B", "C"), uncertain=None)


def test_more_classes_than_colours():
    classes = tuple("ABCDEFGHIJKLMNOPQRSTUVW")
    one = Prediction("r", None, None, 9, "predicted", "W", (*[0.01] * 22, 0.78), "1 of 1", 0.0)
    text = page(one, classes=classes)
    assert 'class="c22" style="width:78.0%"' in text
    assert f".c22 {{ background: {GROUPS[2]}; }}" in text


def test_the_colour_of_a_class_is_its_place_in_the_sorted_names():
    text = page(prediction(p=0.25), classes=("Nucleus", "Cytoplasm"))
    assert 'class="c1" style="width:75.0%"' in text
    assert '<span class="key c1"></span>Nucleus' in text
    assert f".c1 {{ background: {GROUPS[1]}; }}" in text


def test_nearest_measured_transcripts_stand_beside_rows_that_have_them():
    near = (Neighbor(17, -1.234, 1, 0.9749), Neighbor(4, 0.5, 6, 0.9))
    report, tally = Report(CLASSES, QUANTITY), Tally()
    for one in (prediction(nearest=near, value=(0.1, -1.0, 1.0)), prediction()):
        report.add(one, {})
        tally.add(one)
    text = report.render(Run("x.fa", "m", {"nearest": "Measured so."}, None), tally, MADE)
    assert "<small>-1.23, 1 line, 0.97 (no. 17)</small>" in text
    assert "<small>+0.50, 6 lines, 0.90 (no. 4)</small>" in text
    assert "no second opinion. Measured so." in text
    assert "Nearest measured" not in page(prediction())


def test_several_labels_have_a_bar_each_and_shares_of_their_sets():
    both = Prediction("r", None, None, 9, "predicted", "A;C", (0.8, 0.1, 0.6), "3 of 5")
    neither = Prediction("s", None, None, 9, "predicted", "none", (0.2, 0.1, 0.1), "5 of 5")
    report, tally = Report(("A", "B", "C"), several=True), Tally()
    for one in (both, neither):
        report.add(one, {})
        tally.add(one)
    text = report.render(Run("x.fa", "m", {}, None), tally, MADE)
    assert 'aria-label="A 0.80">' in text
    assert 'aria-label="C 0.60">' in text
    assert '<b>1</b> A;C <span class="quiet small">50 %</span>' in text
    assert '<b>1</b> none <span class="quiet small">50 %</span>' in text
    assert "3 of 5 that" not in text
    assert "find the same set of labels" in text
    assert "<i style" not in text


def test_rows_can_be_put_in_order_of_each_column_without_a_script():
    rows = [
        replace(prediction("b", 0.7), symbol="ZFAS1"),
        refusal("C"),
        replace(prediction("a", 0.95, value=(-2.0, None, None)), length=9_000),
    ]
    assert 'href="#by-' not in page(rows[0])
    report, tally = Report(CLASSES, QUANTITY), Tally()
    for one in rows:
        report.add(one, {})
        tally.add(one)
    text = report.render(Run("x.fa", "lncloc", {}, None), tally, MADE)
    for name, words in (("lowest", "lowest log2_CN first"), ("surest", "most probable first")):
        assert f'<a href="#by-{name}">{words}</a>' in text
        assert f"#by-{name}:target ~ .rows tr {{ order: var(--{name}); }}" in text
    for name, first, last in (
        ("name", "a", "C"),
        ("gene", "b", "a"),
        ("longest", "a", "C"),
        ("surest", "a", "C"),
        ("lowest", "a", "C"),
        ("votes", "b", "C"),
    ):
        order = re.findall(rf"--{name}: (\d)", text)
        placed = [one.id for _, one in sorted(zip(order, rows, strict=True))]
        assert (placed[0], placed[-1]) == (first, last), name
    assert text.count('<a href="#by-') == 9
    assert "lowest log2_CN" not in page(*rows)
