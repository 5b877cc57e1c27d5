"""Habits of scikit-learn, and arguments that stand in one place only."""

import inspect
import re
from dataclasses import fields, is_dataclass
from importlib import import_module
from pkgutil import walk_packages

import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.utils.validation import check_is_fitted
from torch import nn

import graphkit
from graphkit import Domains, GeneModules, InputError, SpatialDenoiser
from graphkit.datasets import TissueParams, simulate_tissue
from graphkit.methods import DenoiserParams
from graphkit.methods.darlc import DARLCParams
from graphkit.omics import tissue_adata
from graphkit.tasks.domains.members import DomainParams

DENOISER = DenoiserParams(steps=2, min_epochs=1, members=1, hidden=4, dim=4)
QUICK = [
    SpatialDenoiser(DENOISER, random_state=3),
    Domains(2, members=2, params=DomainParams(n_components=6), random_state=3),
    GeneModules(2, params=DARLCParams(epochs=0, members=2), denoiser=DENOISER, random_state=3),
]


def name(model):
    return type(model).__name__


@pytest.fixture(scope="module")
def tissue():
    return tissue_adata(simulate_tissue(TissueParams(n_spots=60, n_layers=2), seed=0))


@pytest.mark.parametrize("model", QUICK, ids=name)
def test_a_clone_has_the_same_arguments_and_nothing_fitted(model, tissue):
    fitted = clone(model).fit(tissue)
    check_is_fitted(fitted)
    copy = clone(fitted)
    assert copy.get_params() == model.get_params()
    with pytest.raises(NotFittedError):
        check_is_fitted(copy)
    assert copy.set_params(random_state=8).get_params()["random_state"] == 8
    assert model.get_params()["random_state"] == 3


@pytest.mark.parametrize("model", QUICK, ids=name)
def test_its_text_shows_what_differs_from_the_defaults(model):
    assert repr(type(model)()) == f"{name(model)}()"
    assert "random_state=3" in repr(model)


@pytest.mark.parametrize("model", QUICK, ids=name)
@pytest.mark.parametrize("verb", ["transform", "annotate", "save"])
def test_what_is_not_fitted_says_so_in_both_tongues(model, verb, tissue, tmp_path):
    for kind in (NotFittedError, InputError):
        with pytest.raises(kind, match=r"not fitted\. Call fit\(\) or load a model"):
            getattr(clone(model), verb)(tmp_path / "model" if verb == "save" else tissue)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("model", QUICK, ids=name)
def test_a_loaded_model_is_frozen_and_its_clone_is_not(model, tissue, tmp_path):
    clone(model).fit(tissue).save(tmp_path / "model")
    loaded = type(model).load(tmp_path / "model", device="cpu")
    with pytest.raises(InputError, match=r"clone\(model\)"):
        loaded.fit(tissue)
    again = clone(loaded)
    assert again.get_params() == {**model.get_params(), "device": "cpu"}
    again.fit(tissue)


@pytest.mark.parametrize("model", QUICK, ids=name)
@pytest.mark.parametrize("part", ["config.json", "model.safetensors"])
def test_a_damaged_folder_is_refused(model, part, tissue, tmp_path):
    clone(model).fit(tissue).save(tmp_path / "model")
    file = tmp_path / "model" / part
    file.write_bytes(file.read_bytes()[:-9])
    with pytest.raises(InputError, match=part):
        type(model).load(tmp_path / "model")


def public():
    """Yield each verb and estimator that users call, by name; networks are neither."""
    for room in ("", ".tasks", ".motifs"):
        module = import_module(f"graphkit{room}")
        for each in dir(module):
            found = getattr(module, each)
            network = inspect.isclass(found) and issubclass(found, nn.Module)
            if callable(found) and not is_dataclass(found) and not network:
                yield each, found


def recipes():
    """Return every dataclass of the package by its name."""
    found = {}
    for module in walk_packages(graphkit.__path__, "graphkit."):
        if module.name != "graphkit.__main__":
            found |= {k: v for k, v in vars(import_module(module.name)).items() if is_dataclass(v)}
    return found


def test_no_argument_has_the_name_of_a_field_of_a_recipe_beside_it():
    known, seen = recipes(), set()
    for each, call in public():
        try:
            arguments = inspect.signature(call).parameters
        except ValueError:
            continue
        for parameter in arguments.values():
            for word in re.findall(r"\w+", str(parameter.annotation)):
                if word.endswith(("Params", "Settings")) and word in known:
                    both = {field.name for field in fields(known[word])} & set(arguments)
                    assert not both, f"{each}({', '.join(both)}) and {word}"
                    seen.add(each)
    assert {"denoise", "find_domains", "find_modules", "discover"} <= seen
    assert {"SpatialDenoiser", "Domains", "GeneModules", "SequenceClassifier"} <= seen
