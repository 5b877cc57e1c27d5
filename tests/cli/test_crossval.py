import json
from types import SimpleNamespace
from typing import ClassVar

import numpy as np
import pytest

CLASSES = ("Axon", "Dendrite", "Soma")
ROWS = ["lncloc", "length", "composition", "ExtraTrees 1-5-mers + length"]


def labelled(n, *, classes=CLASSES, seed=0, longer=0):
    """Records whose class is written in their letters."""
    generator = np.random.default_rng(seed)
    lines = []
    for i in range(n):
        own = i % len(classes)
        p = np.full(4, 0.2) + 0.2 * np.eye(4)[own]
        letters = generator.choice(list("ACGU"), longer + int(generator.integers(90, 150)), p=p)
        lines.append(f">r{i}|{classes[own]}\n{''.join(letters)}\n")
    return "".join(lines)


class LetterCounter:
    """A classifier that learns the mean letter shares of each class; knows what it was shown."""

    made: ClassVar[list] = []

    def __init__(self, method, **parameters):
        self.parameters = parameters | {"method": method}
        vars(self).update(self.parameters)
        self.made.append(self)

    def __sklearn_clone__(self):
        return type(self)(**self.parameters)

    def recipe(self):
        k = self.params.get("k", 3)
        return SimpleNamespace(name=self.method), SimpleNamespace(k=k), self.settings

    @staticmethod
    def shares(record):
        return np.array([record.sequence.count(letter) for letter in "ACGU"]) / len(record.sequence)

    def fit(self, records, labels):
        self.learned = {record.sequence for record in records}
        table = np.array([self.shares(record) for record in records])
        self.classes_ = tuple(sorted(set(labels)))
        self.means = np.array([table[np.array(labels) == c].mean(axis=0) for c in self.classes_])
        return self

    def predict_proba(self, records):
        assert not self.learned & {record.sequence for record in records}
        shares = np.array([self.shares(record) for record in records])
        closeness = -((self.means - shares[:, None]) ** 2).sum(axis=2)
        p = np.exp(60 * closeness)
        return p / p.sum(axis=1, keepdims=True)


@pytest.fixture
def counter(monkeypatch):
    monkeypatch.setattr("graphkit.tasks.SequenceClassifier", LetterCounter)
    monkeypatch.setattr(LetterCounter, "made", [])
    return LetterCounter


@pytest.fixture(autouse=True)
def few_trees(monkeypatch):
    """The same baselines, with a small forest."""
    from graphkit.evaluation.classifiers import baselines

    def small():
        return baselines.kmer_baseline(trees=10)

    monkeypatch.setitem(baselines.BASELINES, ROWS[-1], small)


@pytest.fixture
def crossval(run, fasta):
    def crossval(*options, text=None):
        result = run("crossval", fasta(text or labelled(45)), *options)
        assert "Traceback" not in result.stderr
        return result

    return crossval


def test_three_classes_end_to_end(crossval, tmp_path):
    """The real thing, small: three classes, a network, every baseline, a page."""
    page = tmp_path / "page.html"
    small = ("--folds", 2, "--members", 2, "--epochs", 1, "--k", 2, "--threads", 1)
    result = crossval(*small, "--json", "--report", page, text=labelled(36))
    assert result.exit_code == 0, result.stderr
    found = json.loads(result.stdout)
    table = found["tables"]["held_out"]
    assert found["classes"] == dict.fromkeys(CLASSES, 12)
    assert [row["name"] for row in table["rows"]] == ROWS
    assert all(row["auroc"]["lower"] <= row["auroc"]["upper"] for row in table["rows"])
    assert all(row["model_minus_this"] for row in table["rows"][1:])
    assert sum(part["n"] for part in table["reliability"]) == 36
    assert 0 <= table["ece_recalibrated"] <= 1
    assert found["conclusion"].startswith("The model ")
    assert '<svg class="diagram"' in page.read_text("utf-8")
    assert "lncloc, fold 2 of 2" in result.stderr
    assert "length, fold 1 of 2" in result.stderr


def test_options_reach_every_refit(crossval, counter):
    options = ("--folds", 3, "--members", 4, "--k", 6, "--seed", 7, "--epochs", 2)
    assert crossval(*options).exit_code == 0
    # One to try the options, one for each fold; the assertion in predict_proba guards the folds.
    assert len(counter.made) == 4
    for made in counter.made:
        parameters = made.parameters
        assert parameters["params"] == {"k": 6}
        assert (parameters["members"], parameters["random_state"]) == (4, 7)
        assert parameters["settings"].epochs == 2


def test_what_can_be_learned_is_found(crossval, counter):
    found = json.loads(crossval("--json").stdout)
    ours, length = found["tables"]["held_out"]["rows"][:2]
    assert ours["auroc"]["lower"] > 0.9
    assert length["model_minus_this"]["lower"] > 0
    assert found["settings"]["folds"] == 5


def test_records_outside_the_domain_of_the_others_are_counted(crossval, counter):
    text = labelled(210, longer=300) + ">odd|Soma\n" + "AU" * 200 + "\n"
    found = json.loads(crossval("--json", "--folds", 2, text=text).stdout)
    (told,) = found["notes"]
    count, rest = told.split(" ", 1)
    assert rest.startswith("of 211 records are outside what the model was taught")
    assert 1 <= int(count) < 20
    assert found["tables"]["held_out"]["n"] == 211


def test_a_table_to_read(crossval, counter):
    lines = crossval("--folds", 3).stdout.splitlines()
    assert "Every record once, held out in one of 3 folds, n = 45" in lines
    assert any("with a temperature fitted on the other folds" in line for line in lines)
    assert "held-out records" in lines[-1]


def test_too_few_records_are_told_by_class(crossval, counter, tmp_path):
    # Eight records of one class, but copies: three that differ.
    lines = labelled(24, seed=1).splitlines()
    soma = [i for i, line in enumerate(lines) if line.endswith("Soma")]
    for number, i in enumerate(soma):
        lines[i + 1] = lines[soma[number % 3] + 1]
    result = crossval("--report", tmp_path / "page.html", text="\n".join(lines))
    assert result.exit_code == 2
    assert "class 'Soma' has 3 dissimilar groups for 5 folds" in result.stderr
    assert "fewer folds" in result.stderr
    assert {path.name for path in tmp_path.iterdir()} == {"x.fa"}
    assert all(not hasattr(made, "learned") for made in counter.made)
    result = crossval("--folds", 3, "--members", 3, text="\n".join(lines))
    assert "2 of them are left to train 3 members" in result.stderr
    assert crossval("--folds", 3, "--members", 2, text="\n".join(lines)).exit_code == 0


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--method", "magic"), "magic"),
        (("--device", "abacus"), "abacus"),
        (("--labels", "nowhere.tsv"), "nowhere.tsv"),
    ],
)
def test_refusals(crossval, options, words):
    result = crossval(*options)
    assert result.exit_code == 2
    assert words in result.stderr


def test_a_page_that_cannot_be_written_is_told_first(crossval, counter, tmp_path):
    result = crossval("--report", tmp_path / "nowhere" / "page.html")
    assert result.exit_code == 2
    assert "fold 1" not in result.stderr
