from types import SimpleNamespace

import numpy as np

from graphkit.reports.scorecard.memory import recall


def sequences(n, seed=0):
    generator = np.random.default_rng(seed)
    return [generator.integers(0, 4, 300).astype(np.uint8) for _ in range(n)]


CODES = sequences(40)
LABELS = np.arange(40) % 2


class Sketches:
    """Recognises the sequences it was given, as the sketches of a model do."""

    def __init__(self, codes):
        self.known = {one.tobytes() for one in codes}

    def lookup(self, codes):
        return "Nucleus" if codes.tobytes() in self.known else None


def look(*, known=None, training=None):
    return recall(SimpleNamespace(known=known), CODES, LABELS, training=training)


def test_nothing_is_known_of_the_training():
    memory = recall(SimpleNamespace(known=None), CODES, LABELS, training=None)
    assert memory.n_seen is None
    assert memory.unseen is None
    assert "not known" in memory.caution
    assert "--train" in memory.note


def test_training_records_are_found_though_they_changed():
    training = [CODES[0][50:250], *sequences(5, seed=1)]
    memory = look(training=training)
    np.testing.assert_array_equal(np.flatnonzero(memory.seen), [0])
    np.testing.assert_array_equal(memory.unseen, np.arange(1, 40))
    assert memory.caution == ""
    assert "1 of 40 records are similar or identical" in memory.note


def test_the_model_remembers_what_the_user_did_not_give():
    memory = look(known=Sketches(CODES[5:8]), training=CODES[:2])
    np.testing.assert_array_equal(np.flatnonzero(memory.seen), [0, 1, 5, 6, 7])
    assert "sketches" in look(known=Sketches(CODES[5:8])).note


def test_all_unseen():
    memory = look(training=sequences(5, seed=1))
    assert memory.n_seen == 0
    assert memory.unseen is None
    assert "all count as unseen" in memory.note
    assert memory.caution == ""


def test_too_few_are_left():
    memory = look(training=CODES[:35])
    assert memory.unseen is None
    assert "35 of 40" in memory.caution
    assert "memory" in memory.caution
    # Enough of them, but of one class.
    assert look(training=CODES[::2]).unseen is None
