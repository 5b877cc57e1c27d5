import numpy as np

from graphkit.evaluation.metrics import auroc
from graphkit.evaluation.protocol import across, compare, within


class Memory:
    """Knows exactly what it was shown: perfect on leaked records, even odds elsewhere."""

    def fit(self, sequences, labels):
        self.known = {codes.tobytes(): int(y) for codes, y in zip(sequences, labels, strict=True)}
        return self

    def predict_proba(self, sequences):
        p = np.full((len(sequences), 2), 0.5)
        for row, codes in zip(p, sequences, strict=True):
            if codes.tobytes() in self.known:
                row[:] = 0.0
                row[self.known[codes.tobytes()]] = 1.0
        return p


def random_sequences(n, seed, length=200):
    generator = np.random.default_rng(seed)
    return [generator.integers(0, 4, length).astype(np.uint8) for _ in range(n)]


def test_memory_is_worth_nothing_within():
    base = random_sequences(40, 0)
    copies = base + base
    labels = np.tile(np.arange(40) % 2, 2)
    held_out = within(Memory, copies, labels, folds=4)
    assert auroc(labels, held_out.probabilities) == 0.5
    # A copy lies in the fold of its original.
    np.testing.assert_array_equal(held_out.folds[:40], held_out.folds[40:])


def test_across_leaves_out_what_was_seen():
    train, new = random_sequences(20, 0), random_sequences(10, 1)
    labels = np.arange(20) % 2
    held_out = across(Memory, (train, labels), (train[:5] + new, np.arange(15) % 2))
    np.testing.assert_array_equal(held_out.index, np.arange(5, 15))
    assert (held_out.probabilities == 0.5).all()
    np.testing.assert_array_equal(held_out.labels, np.arange(5, 15) % 2)


def test_compare_pairs_every_row_with_the_model():
    generator = np.random.default_rng(0)
    labels = generator.integers(0, 2, 200)
    good = np.clip(labels * 0.4 + generator.random(200) * 0.6, 0, 1)
    coin = generator.random(200)
    table = {name: np.stack([1 - p, p], axis=1) for name, p in (("coin", coin), ("good", good))}
    rows = compare(labels, table, generator.integers(100, 1000, 200), model="good")
    assert [row.name for row in rows] == ["good", "coin"]
    assert rows[0].ahead is None
    assert rows[1].ahead.lower > 0
    assert len(rows[0].terciles) == 3
    assert rows[0].auroc.lower < rows[0].scores.auroc < rows[0].auroc.upper
