"""One class in two spellings: the message says what to add, and with that it runs."""

import re
import shlex

import numpy as np
import pytest

LETTERS = {"Cytoplasm": "AAAACCGU", "Nucleus": "GGGGCCAU", "nucleus": "GGGGCCAU"}


@pytest.fixture
def source(fasta):
    """Twelve records of each class, one of them in lower case."""
    generator = np.random.default_rng(0)
    labels = ["Cytoplasm", "Nucleus"] * 12
    labels[1] = "nucleus"
    lines = (
        f">r{i}|{label}\n{''.join(generator.choice(list(LETTERS[label]), 120))}\n"
        for i, label in enumerate(labels)
    )
    return fasta("".join(lines))


def commands(source, folder):
    quick = ("--method", "sgcl-lncloc", "--k", 2, "--epochs", 1, "--device", "cpu")
    return {
        "train": ("train", source, "-o", folder / "model", "--members", 2, *quick),
        "crossval": ("crossval", source, "--folds", 2, "--members", 2, *quick),
        "evaluate": ("evaluate", source, "--model", "lncloc"),
    }


@pytest.mark.parametrize("verb", ["train", "crossval", "evaluate"])
def test_what_the_message_advises_runs(run, source, tmp_path, verb):
    command = commands(source, tmp_path)[verb]
    refused = run(*command)
    assert refused.exit_code == 2
    told = " ".join(refused.stderr.split())
    assert "'Nucleus' and 'nucleus' differ in case or white space only" in told
    advice = re.search(r"add (--map-labels \S+)\.$", told)
    assert advice
    result = run(*command, *shlex.split(advice[1]))
    assert result.exit_code == 0, result.stderr
    assert "12 Cytoplasm, 12 Nucleus" in result.stderr


@pytest.mark.parametrize("verb", ["train", "crossval", "evaluate"])
def test_a_label_that_nobody_has_cannot_be_renamed(run, source, tmp_path, verb):
    command = commands(source, tmp_path)[verb]
    result = run(*command, "--map-labels", "nucleus=Nucleus", "--map-labels", "nucleolus=Nucleus")
    assert result.exit_code == 2
    told = " ".join(result.stderr.split())
    assert "--map-labels: no record has the label 'nucleolus'" in told
    assert "The labels are Cytoplasm, Nucleus, nucleus." in told
    assert not (tmp_path / "model").exists()
    assert not (tmp_path / "model.run").exists()


def test_a_label_of_the_training_set_alone_can_be_renamed(run, source, fasta):
    alike = fasta(source.read_text().replace("|nucleus", "|Nucleus"), "alike.fa")
    command = ("evaluate", alike, "--model", "lncloc", "--train", source)
    result = run(*command, "--map-labels", "nucleus=Nucleus")
    assert result.exit_code == 0, result.stderr
