import json

import numpy as np
import pytest

from graphkit.sequences import read_fasta
from graphkit.tasks import SequenceClassifier
from graphkit.training import TrainSettings

BASELINES = {"length (trained)", "composition (trained)", "ExtraTrees 1-5-mers + length (trained)"}


def labelled(n, *, seed, contrast=0.06, classes=("Cytoplasm", "Nucleus")):
    """Records of which those of the last class hold somewhat more G and C."""
    generator = np.random.default_rng(seed)
    lines = []
    for i in range(n):
        strong = 0.5 + contrast * (i % len(classes) - (len(classes) - 1) / 2)
        p = [(1 - strong) / 2, strong / 2, strong / 2, (1 - strong) / 2]
        letters = generator.choice(list("ACGU"), int(generator.integers(60, 240)), p=p)
        lines.append(f">s{seed}r{i}|{classes[i % len(classes)]}\n{''.join(letters)}\n")
    return "".join(lines)


@pytest.fixture
def few_trees(monkeypatch):
    """The same baselines, with a small forest."""
    from graphkit.evaluation.classifiers import baselines

    def small():
        return baselines.kmer_baseline(trees=10)

    monkeypatch.setitem(baselines.BASELINES, "ExtraTrees 1-5-mers + length", small)


@pytest.fixture
def evaluate(run, model, fasta):
    model.k = 5

    def evaluate(*options, text=None):
        source = fasta(text or labelled(80, seed=0), "test.fa")
        result = run("evaluate", source, "--model", "fake", *options)
        assert "Traceback" not in result.stderr
        return result

    return evaluate


def scores(result):
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def test_length_stands_beside_the_model_always(evaluate):
    found = scores(evaluate("--json"))
    ours, length = found["tables"]["all"]["rows"]
    assert (ours["name"], length["name"]) == ("model fake", "length alone")
    assert ours["auroc"]["estimate"] > 0.6
    assert length["model_minus_this"]["lower"] < length["model_minus_this"]["estimate"]
    assert length["accuracy"] is None
    assert [part["n"] for part in ours["auroc_by_length"]] == pytest.approx([27] * 3, abs=2)
    assert found["classes"] == {"Cytoplasm": 40, "Nucleus": 40}
    assert found["similar_to_training"] is None
    assert "not known which of them the model has seen" in found["conclusion"]


def test_the_scores_are_those_of_the_model(evaluate, model):
    from graphkit.evaluation import score_classifier

    text = labelled(80, seed=0)
    found = scores(evaluate("--json", text=text))["tables"]["all"]["rows"][0]
    share = [sum(map(r.sequence.count, "GC")) / len(r.sequence) for r in model.seen]
    want = score_classifier(np.arange(80) % 2, np.stack([1 - np.array(share), share], axis=1))
    assert found["auroc"]["estimate"] == pytest.approx(want.auroc)
    for name in ("auprc", "accuracy", "macro_f1", "mcc", "brier", "ece"):
        assert found[name] == pytest.approx(getattr(want, name)), name


def test_a_training_set_brings_baselines_and_parts_the_seen(evaluate, fasta, few_trees, tmp_path):
    test, train = labelled(80, seed=0), labelled(60, seed=1)
    # Thirty records of the test are in the training set, in lower case.
    copied = test.splitlines(keepends=True)[:60]
    train += "".join(line if line[0] == ">" else line.lower() for line in copied)
    page = tmp_path / "page.html"
    result = evaluate("--train", fasta(train, "train.fa"), "--json", "--report", page, text=test)
    found = scores(result)
    everything, unseen = found["tables"]["all"], found["tables"]["unseen"]
    assert found["similar_to_training"] == 30
    assert (everything["n"], unseen["n"]) == (80, 50)
    for table in (everything, unseen):
        names = [row["name"] for row in table["rows"]]
        assert names[:2] == ["model fake", "length alone"]
        assert set(names[2:]) == BASELINES
        assert all(row["model_minus_this"] for row in table["rows"][1:])
    # Trees remember: this is why the unseen stand apart.
    assert everything["rows"][-1]["auroc"]["estimate"] > unseen["rows"][-1]["auroc"]["estimate"]
    assert found["conclusion"] == unseen["conclusion"]
    assert "the unseen records" in found["conclusion"]
    assert "Unseen records" in page.read_text("utf-8")
    assert "Training the baseline: length" in result.stderr


def test_records_outside_the_domain_are_counted_and_scored(evaluate, model):
    before = scores(evaluate("--json"))
    model.outside = {record.id for record in model.seen[:3]}
    after = scores(evaluate("--json"))
    (told,) = [note for note in after["notes"] if note not in before["notes"]]
    assert told.startswith("3 of 80 records are outside what the model was taught")
    assert after["tables"] == before["tables"]


def test_a_table_to_read(evaluate):
    result = evaluate()
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0] == "test.fa: 80 records (40 Cytoplasm, 40 Nucleus)"
    assert "All records, n = 80" in lines
    assert lines[-1].startswith("The model ")
    assert "80 records of" in result.stderr


def test_three_classes(evaluate, model, fasta, few_trees):
    model.classes = classes = ("Axon", "Dendrite", "Soma")
    text = labelled(60, seed=0, contrast=0.2, classes=classes)
    train = fasta(labelled(60, seed=1, contrast=0.2, classes=classes), "train.fa")
    found = scores(evaluate("--json", "--train", train, text=text))
    rows = found["tables"]["all"]["rows"]
    assert len(rows) == 5
    assert all(0 <= row["auroc"]["estimate"] <= 1 for row in rows)
    assert found["similar_to_training"] == 0


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (labelled(12, seed=0, classes=("Cytoplasm", "Soma")), "the model has no class 'Soma'"),
        (labelled(12, seed=0, classes=("Nucleus",)), "only the label 'Nucleus'"),
        (labelled(12, seed=0) + ">bad|Nucleus\nNNN\n", "valid k-mers"),
    ],
    ids=["a class the model lacks", "one class", "a bad record"],
)
def test_refusals(evaluate, tmp_path, text, words):
    result = evaluate("--report", tmp_path / "page.html", text=text)
    assert result.exit_code == 2
    assert words in result.stderr
    assert result.stdout == ""
    assert {path.name for path in tmp_path.iterdir()} == {"test.fa"}


def test_refusals_of_the_training_set(evaluate, fasta):
    one = labelled(6, seed=1, classes=("Cytoplasm",)) + labelled(6, seed=2, classes=("Soma",))
    result = evaluate("--train", fasta(one, "train.fa"))
    assert result.exit_code == 2
    assert "train.fa" in result.stderr
    assert "no class 'Soma'" in result.stderr
    assert evaluate("--train-labels", "x.tsv").exit_code == 2


def test_a_training_set_without_one_of_the_classes(evaluate, model, fasta):
    model.classes = ("Cytoplasm", "Nucleus", "Soma")
    result = evaluate("--train", fasta(labelled(12, seed=1), "train.fa"))
    assert result.exit_code == 2
    assert "has no record of the class 'Soma'" in result.stderr


def test_bad_records_are_skipped_on_request_and_counted(evaluate):
    text = labelled(40, seed=0) + ">bad|Nucleus\nNNN\n"
    found = scores(evaluate("--on-error", "skip", "--json", text=text))
    assert found["records"] == 40
    assert any("1 records were skipped" in note for note in found["notes"])


def test_labels_from_a_table(evaluate, tmp_path):
    text = "".join(
        line.split("|")[0] + "\n" if line[0] == ">" else line
        for line in labelled(20, seed=0).splitlines(keepends=True)
    )
    table = tmp_path / "labels.tsv"
    table.write_text("".join(f"s0r{i}\t{('Cytoplasm', 'Nucleus')[i % 2]}\n" for i in range(20)))
    assert scores(evaluate("--labels", table, "--json", text=text))["records"] == 20


def test_a_report_never_overwrites_the_input(evaluate, tmp_path):
    result = evaluate("--report", tmp_path / "test.fa")
    assert result.exit_code == 2
    assert "would overwrite the input" in result.stderr


def test_a_trained_model_knows_what_it_has_seen(run, fasta, tmp_path):
    seen, new = fasta(labelled(24, seed=1), "seen.fa"), labelled(24, seed=2)
    records = list(read_fasta(seen))
    SequenceClassifier(
        "sgcl-lncloc",
        params={"k": 2, "features": "one-hot", "hidden": 4, "layers": 1},
        members=2,
        settings=TrainSettings(epochs=1, device="cpu"),
    ).fit(records, [r.id.partition("|")[2] for r in records]).save(tmp_path / "small")
    test = fasta(seen.read_text() + new, "test.fa")
    found = scores(run("evaluate", test, "--model", tmp_path / "small", "--json"))
    assert found["similar_to_training"] == 24
    assert found["tables"]["unseen"]["n"] == 24
    assert found["tables"]["all"]["rows"][0]["name"] == "model small"
