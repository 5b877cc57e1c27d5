"""Devices by name, and torch's global state given back as found."""

from __future__ import annotations

import pytest
import torch

from graphkit.errors import InputError
from graphkit.training import choose_device
from graphkit.training.device import borrowed_torch, present_devices, seed_torch


@pytest.fixture
def fake_cuda(monkeypatch):
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)


@pytest.fixture
def no_cuda(monkeypatch):
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 0)


def test_auto_takes_cuda_where_there_is_one(fake_cuda):
    assert choose_device("auto") == torch.device("cuda:0")
    assert choose_device("cuda") == torch.device("cuda:0")
    assert choose_device("cuda:1") == torch.device("cuda:1")


def test_auto_takes_the_cpu_elsewhere(no_cuda):
    assert choose_device() == torch.device("cpu")


@pytest.mark.parametrize("name", ["cuda", "cuda:7", "gpu", "", "cpu:0"])
def test_a_device_that_is_not_there_is_refused_and_those_that_are_named(no_cuda, name):
    with pytest.raises(InputError, match="not available") as caught:
        choose_device(name)
    assert "cpu" in caught.value.remedy


def test_a_number_too_high_names_the_numbers_that_are_there(fake_cuda):
    with pytest.raises(InputError, match="cpu, cuda:0, cuda:1"):
        choose_device("cuda:2")


def test_seeds_depend_on_both_numbers():
    cpu = torch.device("cpu")
    with torch.random.fork_rng(devices=[]):
        draws = {}
        for seed, epoch in [(0, 0), (0, 1), (1, 0), (1, 1)]:
            seed_torch(cpu, seed, epoch)
            draws[seed, epoch] = torch.rand(()).item()
        assert len(set(draws.values())) == 4
        seed_torch(cpu, 0, 1)
        assert torch.rand(()).item() == draws[0, 1]


def test_global_state_is_given_back_also_after_an_error():
    threads = torch.get_num_threads()
    state = torch.random.get_rng_state()

    def disturb():
        with borrowed_torch(torch.device("cpu"), threads=threads + 1):
            assert torch.get_num_threads() == threads + 1
            assert torch.is_grad_enabled()
            torch.manual_seed(9)
            raise RuntimeError

    with torch.no_grad():
        with pytest.raises(RuntimeError):
            disturb()
        assert not torch.is_grad_enabled()
    assert torch.get_num_threads() == threads
    assert torch.equal(torch.random.get_rng_state(), state)


@pytest.mark.parametrize(
    ("n_cuda", "mps", "names"),
    [
        (0, False, ["cpu"]),
        (2, False, ["cpu", "cuda:0", "cuda:1"]),
        (0, True, ["cpu", "mps"]),
    ],
)
def test_every_device_is_named_and_the_processor_first(monkeypatch, n_cuda, mps, names):
    monkeypatch.setattr(torch.cuda, "device_count", lambda: n_cuda)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: mps)
    assert present_devices() == names
