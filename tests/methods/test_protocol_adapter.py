import numpy as np
import pytest

from graphkit.errors import InputError
from graphkit.evaluation import within
from graphkit.methods import SequenceClassifier
from graphkit.methods.protocol_adapter import Recipe
from graphkit.training import TrainSettings

SMALL = {"features": "one-hot", "hidden": 4, "layers": 1}


def make():
    return SequenceClassifier(
        params=SMALL, k=2, folds=2, settings=TrainSettings(epochs=1, batch_size=8, device="cpu")
    )


@pytest.fixture(scope="module")
def data():
    generator = np.random.default_rng(0)
    codes = [generator.integers(0, 4, 60).astype(np.uint8) for _ in range(36)]
    codes[3][10:13] = 4  # a break, which must survive
    return codes, np.arange(36) % 3


def test_columns_are_the_numbered_classes(data):
    codes, labels = data
    recipe = Recipe(make).fit(codes, labels)
    p = recipe.predict_proba(codes[:5])
    assert p.shape == (5, 3)
    np.testing.assert_allclose(p.sum(axis=1), 1, atol=1e-6)
    assert recipe.classifier_.classes_ == ("000000", "000001", "000002")


def test_more_than_ten_classes_keep_their_order(data):
    codes, _ = data
    recipe = Recipe(make).fit(codes, np.arange(36) % 12)
    assert [int(name) for name in recipe.classifier_.classes_] == list(range(12))


def test_it_stands_in_the_protocol(data):
    codes, labels = data
    recipes = []

    def fresh():
        recipes.append(Recipe(make))
        return recipes[-1]

    held_out = within(fresh, codes, labels, folds=2)
    assert held_out.probabilities.shape == (36, 3)
    # The outer folds part the work: each was fitted once, without the other's records.
    first, second = recipes
    assert first.classifier_ is not second.classifier_
    again = Recipe(make).fit(
        [codes[i] for i in np.flatnonzero(held_out.folds == 1)], labels[held_out.folds == 1]
    )
    test = np.flatnonzero(held_out.folds == 0)
    np.testing.assert_allclose(
        again.predict_proba([codes[i] for i in test]), held_out.probabilities[test], atol=1e-6
    )


def test_unfitted():
    with pytest.raises(InputError, match="not fitted"):
        Recipe(make).predict_proba([])
