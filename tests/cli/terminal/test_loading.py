import pytest
import torch

from graphkit.cli.terminal.loading import load_ensemble, untrained, use_threads
from graphkit.errors import InputError


def make(method="sgcl-lncloc", **options):
    usual = {"k": 4, "members": 3, "seed": 5, "epochs": 7, "device": "cpu", "threads": None}
    return untrained(method, **{**usual, **options})


def test_options_reach_the_estimator():
    made = make()
    assert (made.params, made.members, made.random_state) == ({"k": 4}, 3, 5)
    assert (made.settings.epochs, made.settings.device) == (7, "cpu")


def test_what_is_not_asked_for_is_the_methods_own():
    method, params, settings = make(epochs=None, k=None).recipe()
    assert settings.epochs == method.recipe.epochs
    assert params == method.Params()


@pytest.mark.parametrize("wrong", [{"method": "magic"}, {"device": "abacus"}, {"k": 12}])
def test_nonsense_is_refused(wrong):
    with pytest.raises(InputError):
        make(**wrong).recipe()


def test_a_model_is_loaded_once_the_device_is_there(model):
    assert load_ensemble("any", device="cpu", threads=None) is model
    with pytest.raises(InputError):
        load_ensemble("any", device="abacus", threads=None)


@pytest.fixture
def threads():
    before = torch.get_num_threads()
    yield before
    torch.set_num_threads(before)


def test_threads_are_limited_only_on_request(threads):
    use_threads(threads + 1)
    assert torch.get_num_threads() == threads + 1
    use_threads(None)
    assert torch.get_num_threads() == threads + 1
