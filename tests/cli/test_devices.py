"""Which devices there are, and how many threads this process may use."""

import pytest
import torch

from graphkit.cli.devices import present_devices, use_threads


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


@pytest.mark.parametrize(
    ("n_cuda", "mps", "names"),
    [
        (0, False, ("cpu",)),
        (2, False, ("cpu", "cuda:0", "cuda:1")),
        (0, True, ("cpu", "mps")),
    ],
)
def test_every_device_is_named_and_the_processor_first(monkeypatch, n_cuda, mps, names):
    monkeypatch.setattr(torch.cuda, "device_count", lambda: n_cuda)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: mps)
    assert present_devices() == names
