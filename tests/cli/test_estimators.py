import pytest

from graphkit.cli.estimators import load_model, untrained
from graphkit.errors import InputError


def make(method="sgcl-lncloc", **options):
    usual = {"k": 4, "members": 3, "seed": 5, "epochs": 7, "device": "cpu", "threads": None}
    return untrained(method, **{**usual, **options})


def test_options_reach_the_estimator():
    made = make()
    assert (made.k, made.folds, made.seed) == (4, 3, 5)
    assert (made.settings.epochs, made.settings.device) == (7, "cpu")


def test_what_is_not_asked_for_is_the_methods_own():
    made = make(epochs=None, k=None)
    assert made.settings.epochs == made.method.recipe.epochs
    assert made.k == made.method.Params().k


@pytest.mark.parametrize("wrong", [{"method": "magic"}, {"device": "abacus"}, {"k": 12}])
def test_nonsense_is_refused(wrong):
    with pytest.raises(InputError):
        make(**wrong)


def test_a_model_is_loaded_once_the_device_is_there(model):
    assert load_model("any", device="cpu", threads=None) is model
    with pytest.raises(InputError):
        load_model("any", device="abacus", threads=None)
