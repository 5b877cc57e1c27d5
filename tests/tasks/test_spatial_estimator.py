"""Folders of spatial models: what is read is what was written, or is refused."""

from dataclasses import dataclass

import pytest
import torch
from torch import nn

from graphkit import denoise, find_domains, find_modules, rank_genes
from graphkit.errors import InputError
from graphkit.tasks.spatial_estimator import SpatialEstimator, StoredModel


@dataclass(frozen=True)
class Params:
    width: int = 3
    rate: float = 0.5
    hops: tuple[int, ...] = (1, 2)


class Toy(SpatialEstimator):
    def __init__(self, number="auto", *, params=None, random_state=0, device="auto"):
        self.number, self.params = number, params
        self.random_state, self.device = random_state, device

    @property
    def recipe(self):
        return self.params or Params()

    def _stored(self):
        return {"names": ["a"], "size": 2.5}, {"more": torch.arange(3)}, self.fitted("members_")

    def _restore(self, stored):
        self.names_, self.size_ = stored.names("names"), stored.positive("size")
        self.more_ = stored.places("more", 3)
        self.members_ = stored.networks(lambda _: nn.Linear(2, self.recipe.width), 2)


@pytest.fixture
def model():
    toy = Toy(params=Params(hops=(4,)), random_state=5)
    toy.members_ = [nn.Linear(2, 3) for _ in range(2)]
    return toy


@pytest.fixture
def folder(model, tmp_path):
    model.save(tmp_path / "model")
    return tmp_path / "model"


def test_comes_back(model, folder):
    loaded = Toy.load(folder, device="cpu")
    assert loaded.get_params() == {**model.get_params(), "device": "cpu"}
    assert (loaded.names_, loaded.size_, loaded.more_.tolist()) == (("a",), 2.5, [0, 1, 2])
    for one, other in zip(loaded.members_, model.members_, strict=True):
        assert not one.training
        assert torch.equal(one.weight, other.weight)


@pytest.mark.parametrize(
    ("slot", "value"),
    [
        ("class", "Other"),
        ("arguments", None),
        ("arguments", {"number": "auto", "random_state": 5}),
        ("number", "many"),
        ("number", 0),
        ("number", True),
        ("random_state", 0.5),
        ("random_state", None),
        ("params", {"width": 3}),
        ("params", {"width": 3, "rate": "x", "hops": [1]}),
        ("params", {"width": 3, "rate": 1, "hops": ["x"]}),
        ("params", {"width": 3, "rate": 1, "hops": 2}),
        ("params", {"width": True, "rate": 1, "hops": [2]}),
    ],
)
def test_altered_configuration_is_refused(folder, alter, slot, value):
    alter(folder, slot, value=value)
    with pytest.raises(InputError, match=slot):
        Toy.load(folder)


def test_a_number_that_json_cannot_hold_is_refused(folder):
    file = folder / "config.json"
    file.write_text(file.read_text().replace('"rate": 0.5', '"rate": 1e999'))
    with pytest.raises(InputError, match=r"config\.json"):
        Toy.load(folder)


@pytest.mark.parametrize(
    "change", [nn.Linear(2, 4), nn.Linear(2, 3).double(), nn.Linear(2, 3).half()]
)
def test_networks_of_another_shape_or_type_are_refused(model, change, tmp_path):
    model.members_[1] = change
    model.save(tmp_path / "model")
    with pytest.raises(InputError, match=r"members\.1"):
        Toy.load(tmp_path / "model")


@pytest.mark.parametrize("count", [0, 1, 3, 101])
def test_another_number_of_networks_is_refused(folder, count):
    stored = StoredModel(
        folder, {}, {f"members.0.{k}": v for k, v in nn.Linear(2, 3).state_dict().items()}
    )
    if count == 1:
        assert len(stored.networks(lambda _: nn.Linear(2, 3), 1)) == 1
    else:
        with pytest.raises(InputError):
            stored.networks(lambda _: nn.Linear(2, 3), count)


def test_single_values_are_checked(tmp_path):
    config = {"names": ["a", "b"], "size": 2, "twice": ["a", "a"]}
    stored = StoredModel(tmp_path, config, {"i": torch.tensor([0, 4]), "x": torch.zeros(2, 3)})
    assert stored.names("names") == ("a", "b")
    assert stored.positive("size") == 2.0
    assert stored.count("size", most=2) == 2
    assert stored.places("i", 5).tolist() == [0, 4]
    assert stored.tensor("x", (2, None), torch.float32).shape == (2, 3)
    for slot, message in (("size", "is no list of names"), ("twice", "has a name twice")):
        with pytest.raises(InputError, match=f"{slot}: {message}"):
            stored.names(slot)
    with pytest.raises(InputError, match="names: is no text"):
        stored.text("names")
    with pytest.raises(InputError, match="size: is not 1 to 1"):
        stored.count("size", most=1)
    for bad in (None, "x", 0, True, float("inf")):
        with pytest.raises(InputError, match="size: is no number > 0"):
            StoredModel(tmp_path, {"size": bad}, {}).positive("size")
    for shape, dtype in (((3, None), torch.float32), ((2,), torch.float32), ((2, 3), torch.int64)):
        with pytest.raises(InputError, match="x: missing, or of the wrong shape or type"):
            stored.tensor("x", shape, dtype)
    for places in ([5], [-1], [], [0.5]):
        with pytest.raises(InputError):
            StoredModel(tmp_path, {}, {"i": torch.tensor(places)}).places("i", 5)


@pytest.mark.parametrize(
    ("verb", "arguments"),
    [
        (denoise, {}),
        (find_domains, {"n_domains": 2}),
        (find_modules, {}),
        (rank_genes, {"groupby": "layer"}),
    ],
)
def test_every_verb_refuses_several_slides_that_nothing_tells_apart(small_tissue, verb, arguments):
    adata = small_tissue.copy()
    with pytest.raises(InputError, match=r"obs\['slide'\].*library_key='slide'"):
        verb(adata, **arguments)
    assert list(adata.obs) == list(small_tissue.obs)
    assert not adata.uns
    assert not adata.obsp
