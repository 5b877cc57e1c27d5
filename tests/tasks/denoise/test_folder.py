"""Model folders of the denoiser: what is read is what was written, or is refused."""

import json

import numpy as np
import pytest
import torch

from graphkit.errors import InputError
from graphkit.methods import DenoiserParams
from graphkit.methods.spot_denoiser import make_network
from graphkit.tasks.denoise.folder import StoredDenoiser, read_denoiser, write_denoiser

PARAMS = DenoiserParams(hidden=4, dim=3, members=2)


@pytest.fixture
def folder(tmp_path):
    torch.manual_seed(0)
    members = [make_network(2, 3, PARAMS) for _ in range(2)]
    stored = StoredDenoiser(PARAMS, ("a", "b", "c"), np.array([0, 2]), 12.5, members)
    write_denoiser(tmp_path / "model", stored)
    return tmp_path / "model", stored


def test_comes_back(folder):
    path, stored = folder
    found = read_denoiser(path)
    assert found.params == PARAMS
    assert found.genes == ("a", "b", "c")
    assert found.inputs.tolist() == [0, 2]
    assert found.target_sum == 12.5
    for member, original in zip(found.members, stored.members, strict=True):
        assert not member.training
        for name, tensor in original.state_dict().items():
            assert torch.equal(member.state_dict()[name], tensor)


@pytest.mark.parametrize(
    ("slot", "value"),
    [
        ("class", "Other"),
        ("genes", []),
        ("genes", ["a", "b"]),
        ("genes", [1, 2, 3]),
        ("target_sum", 0),
        ("target_sum", "x"),
        ("params", {}),
        ("params", None),
    ],
)
def test_altered_configuration_is_refused(folder, slot, value):
    path, _ = folder
    config = json.loads((path / "config.json").read_text())
    config[slot] = value
    (path / "config.json").write_text(json.dumps(config))
    with pytest.raises(InputError):
        read_denoiser(path)


@pytest.mark.parametrize("name", ["hidden", "members", "dim"])
@pytest.mark.parametrize("value", [9, "4", 10**9, None])
def test_altered_parameters_are_refused_before_memory_is_taken(folder, name, value):
    path, _ = folder
    config = json.loads((path / "config.json").read_text())
    config["params"][name] = value
    (path / "config.json").write_text(json.dumps(config))
    with pytest.raises(InputError):
        read_denoiser(path)


@pytest.mark.parametrize("inputs", [[0, 3], [-1, 2], [0], []])
def test_inputs_outside_the_genes_are_refused(folder, inputs):
    path, stored = folder
    wrong = np.array(inputs, dtype=np.int64)
    write_denoiser(path, StoredDenoiser(PARAMS, stored.genes, wrong, 12.5, stored.members))
    with pytest.raises(InputError):
        read_denoiser(path)
