"""From simulated transcripts to a tested motif for each planted element, through the command."""

import csv
from dataclasses import dataclass

import numpy as np
import pytest

from graphkit.attribution import recovery
from graphkit.datasets import SimulationParams, random_elements, simulate_transcripts
from graphkit.sequences import encode, write_fasta
from graphkit.tasks import SequenceClassifier
from graphkit.tasks.explain.explained_model import log_odds_of
from graphkit.training import TrainSettings
from graphkit.types import Record

CLASSES = ("Cytoplasm", "Nucleus")


@dataclass(frozen=True)
class Size:
    """How much is simulated, and what learns from it."""

    n_train: int = 300
    n_tested: int = 600
    length: tuple[int, int] = (500, 1000)
    blank: float = 0.2
    hidden: int = 16
    dropout: float = 0.1
    epochs: int = 24
    lr: float = 0.015
    members: int = 2


# Half a minute: transcripts are short and all hold an element. With 240 of them and a width of 8,
# every second model misses an element; so does, with 400 and 12, one in ten.
SMALL = Size(n_train=600, n_tested=160, length=(300, 400), blank=0, hidden=12, epochs=12, lr=0.01)


def simulated(elements, size, *, seed, shared=False):
    # One kind of element per transcript and some with none: a model that misses an element of
    # either class misses a third of that class.
    params = SimulationParams(
        n_transcripts=size.n_train + size.n_tested,
        classes=CLASSES,
        elements=elements,
        length=size.length,
        n_kinds=1,
        blank_share=size.blank,
        shared_elements=shared,
    )
    return simulate_transcripts(params, seed=seed)


def trained(transcripts, size):
    """Return a small model."""
    model = SequenceClassifier(
        "sgcl-lncloc",
        params={"k": 4, "features": "one-hot", "hidden": size.hidden, "dropout": size.dropout},
        members=size.members,
        settings=TrainSettings(epochs=size.epochs, lr=size.lr),
    )
    return model.fit([one.record for one in transcripts], [one.label for one in transcripts])


def auroc(model, transcripts):
    odds = log_odds_of(model, "Nucleus")([encode(one.record.sequence) for one in transcripts])
    return recovery(odds, np.array([one.label == "Nucleus" for one in transcripts]))


@pytest.fixture
def discovered(run, tmp_path):
    """Simulate, train, and run ``graphkit motifs`` on transcripts that the model has not seen."""

    def discovered(elements, size, *, seed, shared=False):
        transcripts = simulated(elements, size, seed=seed, shared=shared)
        unseen = transcripts[size.n_train :]
        model = trained(transcripts[: size.n_train], size)
        model.save(tmp_path / "model")
        names = [f"t{number}" for number in range(len(unseen))]
        write_fasta(
            [Record(n, one.record.sequence) for n, one in zip(names, unseen, strict=True)],
            tmp_path / "unseen.fa",
        )
        labels = "".join(f"{n}\t{one.label}\n" for n, one in zip(names, unseen, strict=True))
        (tmp_path / "labels.tsv").write_text(labels)
        result = run(
            *("motifs", tmp_path / "unseen.fa", "--model", tmp_path / "model"),
            *("--labels", tmp_path / "labels.tsv", "-o", tmp_path / "out"),
            *("--class", "Nucleus", "--steps", "6", "--threads", "1"),
        )
        assert result.exit_code == 0, result.stderr
        with (tmp_path / "out" / "motifs.tsv").open() as file:
            rows = list(csv.DictReader(file, delimiter="\t"))
        assert all(row["status"] == "tested" for row in rows)
        return auroc(model, unseen), rows

    return discovered


def is_consensus_of(consensus, element):
    """Whether they are the same, or one has one letter more at one end."""
    shorter, longer = sorted((consensus, element), key=len)
    return shorter in (longer, longer[1:], longer[:-1])


def check_planted(score, rows, elements):
    assert score >= 0.95
    for name, planted in zip(CLASSES, elements, strict=True):
        # The first three of a class are its elements, each of them once.
        top = [row for row in rows if row["favours"] == name][: len(planted)]
        for element in planted:
            (row,) = [row for row in top if is_consensus_of(row["consensus"], element)]
            assert float(row["q"]) < 0.05
            assert float(row["odds_low"]) > 1
            # Log-odds of the nucleus fall where one of its elements is broken, and rise elsewhere.
            sign = -1 if name == "Nucleus" else 1
            assert sign * float(row["knock_out"]) > 5 * abs(float(row["knock_out_control"]))


def test_what_counts_as_the_right_consensus():
    assert is_consensus_of("GCCUCCC", "GCCUCCC")
    assert is_consensus_of("CCUCCC", "GCCUCCC")
    assert is_consensus_of("GCCUCCCA", "GCCUCCC")
    assert is_consensus_of("WGCCUCCC", "GCCUCCC")
    assert not is_consensus_of("CCUCC", "GCCUCCC")
    assert not is_consensus_of("AGCCUCCCA", "GCCUCCC")
    assert not is_consensus_of("GCCACCC", "GCCUCCC")


def test_each_planted_element_is_a_top_motif(discovered):
    elements = random_elements(seed=0)
    check_planted(*discovered(elements, SMALL, seed=0), elements)


# What a model does not rely on cannot be found in it: where transcripts hold no element, or with
# fewer members, one or the other does next to nothing with an element of six letters, the shortest.
LARGE = Size(n_train=900, blank=0, epochs=16, members=4)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_other_elements_are_found_too(discovered, seed):
    elements = random_elements(seed=seed)
    check_planted(*discovered(elements, LARGE, seed=seed), elements)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_elements_of_both_classes_are_no_motif_of_either(discovered, seed):
    elements = random_elements(seed=seed)
    score, rows = discovered(elements, Size(), seed=seed, shared=True)
    assert 0.35 < score < 0.65
    assert [row["consensus"] for row in rows if float(row["q"]) < 0.05] == []
