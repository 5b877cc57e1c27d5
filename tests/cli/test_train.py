import hashlib
import io
import json
import re
import signal
import subprocess
import sys
from types import SimpleNamespace
from typing import ClassVar

import numpy as np
import pandas as pd
import pytest

from graphkit.sequences import read_fasta

SMALL = ["--members", 2, "--epochs", 1, "--k", 3]


class FakeTrainer:
    """Records how it was called; writes a folder that looks like a model."""

    calls: ClassVar[list] = []

    def __init__(self, method, **parameters):
        self.made = {"method": method, **parameters}
        history = SimpleNamespace(epochs=({"val_auroc": 0.6}, {"val_auroc": 0.7512}), best_epoch=1)
        self.ensemble_ = SimpleNamespace(history=[history])

    def recipe(self):
        return None, SimpleNamespace(k=self.made["params"].get("k", 3)), self.made["settings"]

    def fit(self, records, labels, **how):
        self.calls.append({**self.made, "records": records, "labels": labels, **how})
        (how["run_dir"] / "fold0").mkdir(exist_ok=True)
        if self.made["random_state"] == 13:
            raise KeyboardInterrupt

    def save(self, folder):
        folder.mkdir(exist_ok=True)
        (folder / "config.json").write_text("{}")


@pytest.fixture
def trainer(monkeypatch):
    monkeypatch.setattr("graphkit.tasks.SequenceClassifier", FakeTrainer)
    monkeypatch.setattr("graphkit.cli.train.model_sha256", lambda _folder: "0" * 64)
    monkeypatch.setattr(FakeTrainer, "calls", [])
    return FakeTrainer


@pytest.fixture
def labelled(run, tmp_path):
    path = tmp_path / "labelled.fa"
    assert run("simulate", "transcripts", "-o", path, "-n", 40).exit_code == 0
    return path


@pytest.fixture
def train(run, labelled, tmp_path):
    def train(*options, source=labelled):
        result = run("train", source, "-o", tmp_path / "model", *options)
        assert "Traceback" not in result.stderr
        return result

    return train


def test_options_reach_the_estimator(train, trainer, tmp_path):
    result = train("--k", 4, "--members", 3, "--epochs", 7, "--seed", 5, "--threads", 1)
    assert result.exit_code == 0
    call = trainer.calls[0]
    assert (call["method"], call["params"], call["members"], call["random_state"]) == (
        "lncloc",
        {"k": 4},
        3,
        5,
    )
    assert (call["settings"].epochs, call["settings"].threads) == (7, 1)
    assert len(call["records"]) == len(call["labels"]) == 40
    assert not call["resume"]


def test_what_is_told(train, trainer, tmp_path):
    result = train()
    assert result.stdout == ""
    assert "20 Cytoplasm, 20 Nucleus" in result.stderr
    assert "fold 1: 0.751 after 2 epochs" in result.stderr
    assert (tmp_path / "model" / "config.json").exists()
    assert not (tmp_path / "model.run").exists()


def test_the_usual_epochs_are_those_of_the_method(train, trainer):
    from graphkit.methods import LncLoc

    train()
    assert trainer.calls[0]["settings"].epochs == LncLoc.recipe.epochs


def test_labels_from_a_table(train, trainer, tmp_path):
    labels = tmp_path / "labels.tsv"
    labels.write_text("".join(f"sim{i:04d}\t{'AB'[i % 2]}\n" for i in range(1, 41)))
    assert train("--labels", labels).exit_code == 0
    assert trainer.calls[0]["labels"] == tuple("BA" * 20)
    labels.write_text("sim0001\tA\nsim0002\tB\nnobody\tB\n")
    result = train("--labels", labels, "--force", "--on-error", "skip")
    assert result.exit_code == 0
    assert "38 records were skipped, the first sim0003" in result.stderr
    assert "1 ids of the table are not in the FASTA" in result.stderr


def test_similar_records_are_left_out(train, trainer, labelled, tmp_path):
    test_set = tmp_path / "test.fa"
    chosen = list(read_fasta(labelled))[3:6]
    test_set.write_text("".join(f">x\n{r.sequence[:-9].lower()}\n" for r in chosen))
    result = train("--exclude-similar-to", test_set)
    assert "3 left out that nearly match test.fa, 37 stay" in result.stderr
    assert not {r.id for r in chosen} & {r.id for r in trainer.calls[0]["records"]}


def test_copies_are_counted(train, trainer, labelled):
    labelled.write_text(labelled.read_text() * 2)
    assert "40 exact copies were left out" in train().stderr


def test_an_interruption_keeps_what_resume_needs(train, trainer, monkeypatch, tmp_path):
    result = train("--seed", 13)
    assert result.exit_code == 130
    assert "model.run keeps the state" in result.stderr
    state, model = tmp_path / "model.run", tmp_path / "model"
    assert (state / "fold0").is_dir()
    assert not model.exists()
    assert "--resume" in train("--seed", 13).stderr
    assert "had another seed" in train("--seed", 14, "--resume").stderr
    assert train("--seed", 13, "--resume").exit_code == 130
    assert trainer.calls[-1]["resume"]
    assert trainer.calls[-1]["run_dir"] == state
    monkeypatch.setattr(trainer, "fit", lambda self, *_, **__: None)
    assert train("--seed", 13, "--resume").exit_code == 0
    assert model.exists()
    assert not state.exists()
    assert "nothing to resume" in train("--seed", 13, "--resume").stderr


def test_resume_without_anything_to_resume_starts(train, trainer):
    result = train("--resume")
    assert result.exit_code == 0
    assert "starting anew" in result.stderr
    assert not trainer.calls[0]["resume"]


def test_a_model_is_replaced_only_by_force(train, trainer):
    assert train().exit_code == 0
    result = train()
    assert result.exit_code == 2
    assert "--force" in result.stderr
    assert train("--force").exit_code == 0


def test_refusals_leave_nothing(train, trainer, fasta, tmp_path):
    gencode = "".join(
        f">ENST0000000{i:04d}.1|ENSG00000290825.1|-|-|X-202|X|1657|type{i}\n{'ACGUUGCA' * 5}\n"
        for i in range(30)
    )
    before = set(tmp_path.iterdir())
    result = train(source=fasta(gencode))
    assert result.exit_code == 2
    assert "30 distinct labels" in result.stderr
    assert "GENCODE" in result.stderr
    assert set(tmp_path.iterdir()) == before | {tmp_path / "x.fa"}


def test_an_unknown_method(train):
    result = train("--method", "magic")
    assert result.exit_code == 2
    assert "magic" in result.stderr


def test_from_a_labelled_fasta_to_predictions(train, run, labelled, tmp_path):
    assert train(*SMALL).exit_code == 0
    page = tmp_path / "page.html"
    result = run("localize", labelled, "--model", tmp_path / "model", "--report", page)
    assert result.exit_code == 0
    table = pd.read_csv(io.StringIO(result.stdout), sep="\t")
    assert list(table.id) == [record.id for record in read_fasta(labelled)]
    assert (table.p_Cytoplasm + table.p_Nucleus).round(5).eq(1).all()
    assert table.members_agree.str.fullmatch("[12] of 2").all()
    assert page.exists()


@pytest.mark.slow
def test_killed_and_resumed_ends_in_the_same_weights(train, run, labelled, tmp_path):
    options = [*SMALL[:2], "--epochs", 12, *SMALL[4:], "--threads", 1]
    assert train(*options).exit_code == 0
    other = tmp_path / "other"
    # The first process dies of a kill when the state of the first epoch is on the disk.
    code = (
        "import os, signal\n"
        "from graphkit.cli.main import main\n"
        "from graphkit.training.state import RunState\n"
        "write = RunState.write\n"
        "def dying(*arguments):\n"
        "    write(*arguments)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
        "RunState.write = dying\n"
        "main()\n"
    )
    command = [sys.executable, "-c", code, "train", labelled, "-o", other, *options]
    done = subprocess.run([*map(str, command)], capture_output=True, text=True)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert [p for p in tmp_path.glob("other.run/fold*/*") if p.is_file()]
    assert not other.exists()
    result = run("train", labelled, "-o", other, *options, "--resume")
    assert result.exit_code == 0, result.stderr
    assert not re.search("starting anew", result.stderr)
    weights = [
        hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()
        for folder in (tmp_path / "model", other)
    ]
    assert weights[0] == weights[1]


def test_numbers_make_a_model_of_values(run, labelled, tmp_path):
    ids = [record.id.split("|")[0] for record in read_fasta(labelled)]
    rows = "".join(f"{name}\t{i % 7}\t{i % 7 + 1}\n" for i, name in enumerate(ids))
    table = tmp_path / "values.tsv"
    table.write_text(f"id\tA549\tK562\n{rows}")
    out = tmp_path / "model"
    result = run("train", labelled, "--target", table, "-o", out, "--members", 2, "--epochs", 1)
    assert result.exit_code == 0, result.stderr
    assert "labelled.fa: A549, K562" in result.stderr
    assert "Spearman of records held out" in result.stderr
    assert "the label is low, above high" in result.stderr
    said = run("localize", labelled, "--model", out, "--cell-line", "K562")
    header = said.stdout.split("\n", 1)[0].split("\t")
    assert header[6:9] == ["value", "value_low", "value_high"]


def test_numbers_exclude_labels_from_elsewhere(train, tmp_path):
    table = tmp_path / "values.tsv"
    table.write_text("id\tvalue\nsim0001\t1\n")
    result = train("--target", table, "--map-labels", "a=b")
    assert result.exit_code == 2
    assert "--target excludes --labels" in result.stderr
    assert "as a column called label" in result.stderr


def test_several_labels_from_a_table_to_scores(run, labelled, tmp_path):
    records = list(read_fasta(labelled))
    ids = [record.id.split("|")[0] for record in records]
    long = np.median([len(record.sequence) for record in records])
    table, page = tmp_path / "labels.tsv", tmp_path / "page.html"
    rows = "".join(
        f"{name}\t{i % 2}\t{'yes' if len(record.sequence) > long else 'no'}\n"
        for i, (name, record) in enumerate(zip(ids, records, strict=True))
    )
    table.write_text(f"id\tNucleus\tlong\n{rows}")
    out = tmp_path / "model"
    result = run("train", labelled, "--target", table, "-o", out, "--members", 2, "--epochs", 1)
    assert result.exit_code == 0, result.stderr
    assert re.search(r"  long: 0\.\d{3}, 0\.\d\d\n", result.stderr)
    said = run("localize", labelled, "--model", out, "--report", page)
    header, first = (line.split("\t") for line in said.stdout.split("\n")[:2])
    assert header[6:8] == ["p_Nucleus", "p_long"]
    assert first[5] in ("uncertain", "none", "Nucleus", "long", "Nucleus;long")
    assert "Each label is judged by itself" in page.read_text("utf-8")
    scored = run("evaluate", labelled, "--model", out, "--target", table, "--json")
    assert scored.exit_code == 0, scored.stderr
    assert {*json.loads(scored.stdout)["tables"]} == {"all: Nucleus", "all: long"}
    refused = run("evaluate", labelled, "--model", out)
    assert refused.exit_code == 2
    assert "has no class" in refused.stderr
    numbers = tmp_path / "numbers.tsv"
    numbers.write_text(f"id\tvalue\n{ids[0]}\t1.5\n")
    refused = run("crossval", labelled, "--target", numbers)
    assert refused.exit_code == 2
    assert "is a table of numbers" in refused.stderr
