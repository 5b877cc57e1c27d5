"""Folders of spatial models: what is read is what was written, or is refused."""

import json
from dataclasses import dataclass

import pytest
import torch
from torch import nn

from graphkit.errors import InputError
from graphkit.tasks.spatial_folder import (
    indices_in,
    load_networks,
    names_in,
    positive_in,
    read_networks,
    write_networks,
)


@dataclass(frozen=True)
class Params:
    width: int = 3
    rate: float = 0.5
    hops: tuple[int, ...] = (1, 2)


@pytest.fixture
def folder(tmp_path):
    networks = [nn.Linear(2, 3) for _ in range(2)]
    path = tmp_path / "model"
    fields, more = {"names": ["a"], "size": 2.5}, {"more": torch.arange(3)}
    write_networks(path, "Toy", Params(hops=(4,)), networks, fields=fields, tensors=more)
    return path, networks


def test_comes_back(folder):
    path, networks = folder
    config, params, tensors = read_networks(path, "Toy", Params)
    assert params == Params(hops=(4,))
    assert tensors.pop("more").tolist() == [0, 1, 2]
    assert (config["members"], config["names"], config["size"]) == (2, ["a"], 2.5)
    loaded = load_networks(lambda _: nn.Linear(2, 3), 2, tensors, file=path)
    for one, other in zip(loaded, networks, strict=True):
        assert not one.training
        assert torch.equal(one.weight, other.weight)
    with pytest.raises(InputError, match="do not fit"):
        load_networks(lambda _: nn.Linear(2, 4), 2, tensors, file=path)


@pytest.mark.parametrize(
    ("slot", "value"),
    [
        ("class", "Other"),
        ("members", True),
        ("members", 101),
        ("params", {"width": 3}),
        ("params", {"width": 3, "rate": "x", "hops": [1]}),
        ("params", {"width": 3, "rate": 1, "hops": ["x"]}),
        ("params", {"width": 3, "rate": 1, "hops": 2}),
    ],
)
def test_altered_configuration_is_refused(folder, slot, value):
    file = folder[0] / "config.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), slot: value}))
    with pytest.raises(InputError, match=slot):
        read_networks(folder[0], "Toy", Params)


def test_single_values_are_checked(tmp_path):
    config = {"names": ["a", "b"], "size": 2}
    assert names_in(config, "names", tmp_path) == ("a", "b")
    assert positive_in(config, "size", tmp_path) == 2.0
    assert indices_in({"i": torch.tensor([0, 4])}, "i", 5, file=tmp_path).tolist() == [0, 4]
    with pytest.raises(InputError, match="size: is no list of names"):
        names_in(config, "size", tmp_path)
    for bad in (None, "x", 0, True, float("inf")):
        with pytest.raises(InputError, match="size: is no number > 0"):
            positive_in({"size": bad}, "size", tmp_path)
    for places in ([5], [-1], [], [0.5]):
        with pytest.raises(InputError):
            indices_in({"i": torch.tensor(places)}, "i", 5, file=tmp_path)
