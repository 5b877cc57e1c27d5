import numpy as np
import pytest

from graphkit.evaluation.classifiers.metrics import auroc
from graphkit.evaluation.classifiers.protocol import compare_classifiers, crossvalidate
from graphkit.sequences import LabelledRecords, decode, encode
from graphkit.types import Record

CLASSES = ("A", "B")


class Memory:
    """Knows exactly what it was shown: perfect on leaked records, even odds elsewhere."""

    def fit(self, records, labels):
        self.classes = sorted(set(labels))
        self.known = {r.sequence: label for r, label in zip(records, labels, strict=True)}
        return self

    def predict_proba(self, records):
        p = np.full((len(records), len(self.classes)), 1 / len(self.classes))
        for row, record in zip(p, records, strict=True):
            if record.sequence in self.known:
                row[:] = 0.0
                row[self.classes.index(self.known[record.sequence])] = 1.0
        return p


class FirstLetter(Memory):
    """Knows the class by the first letter of a record."""

    def predict_proba(self, records):
        return np.array([[float(r.sequence[0] == name) for name in self.classes] for r in records])


def random_sequences(n, seed, length=200):
    generator = np.random.default_rng(seed)
    return [generator.integers(0, 4, length).astype(np.uint8) for _ in range(n)]


def labelled(codes, labels, classes=CLASSES):
    records = tuple(Record(f"r{i}", decode(one)) for i, one in enumerate(codes))
    return LabelledRecords(records, tuple(codes), np.asarray(labels), classes)


def test_memory_is_worth_nothing_within():
    base = random_sequences(40, 0)
    labels = np.tile(np.arange(40) % 2, 2)
    held_out = crossvalidate(Memory, labelled(base + base, labels), folds=4)
    assert auroc(labels, held_out.probabilities) == 0.5
    # A copy lies in the fold of its original.
    np.testing.assert_array_equal(held_out.folds[:40], held_out.folds[40:])


@pytest.mark.parametrize("classes", [("A", "C", "G"), ("G", "A", "C")])
def test_columns_are_numbered_as_the_classes(classes):
    labels = np.arange(30) % 3
    codes = random_sequences(30, 0)
    for one, label in zip(codes, labels, strict=True):
        one[0] = encode(classes[label])[0]
    data = labelled(codes, labels, classes)
    held_out = crossvalidate(FirstLetter, data, folds=3)
    assert held_out.probabilities.shape == (30, 3)
    np.testing.assert_array_equal(held_out.probabilities.argmax(axis=1), held_out.labels)


def test_compare_pairs_every_row_with_the_model():
    generator = np.random.default_rng(0)
    labels = generator.integers(0, 2, 200)
    good = np.clip(labels * 0.4 + generator.random(200) * 0.6, 0, 1)
    coin = generator.random(200)
    table = {name: np.stack([1 - p, p], axis=1) for name, p in (("coin", coin), ("good", good))}
    rows = compare_classifiers(labels, table, generator.integers(100, 1000, 200), model="good")
    assert [row.name for row in rows] == ["good", "coin"]
    assert rows[0].ahead is None
    assert rows[1].ahead.lower > 0
    assert len(rows[0].terciles) == 3
    assert rows[0].auroc.lower < rows[0].scores.auroc < rows[0].auroc.upper
