"""What tests and doctests share: one thread per worker, and no state that outlives a test."""

import os
import sys

# Two workers on two cores are faster with one thread each, and sums come out in one order; who
# wants more threads sets OMP_NUM_THREADS. Read when a thread pool is loaded, so set before that.
THREADS = os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ["MKL_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = THREADS

import pytest  # noqa: E402
from threadpoolctl import threadpool_limits  # noqa: E402

threadpool_limits(int(THREADS))  # of numpy, which a plugin may have loaded before


def pytest_terminal_summary(terminalreporter, config):
    """Say how to repeat the order, which -q keeps to itself."""
    if (seed := config.getoption("randomly_seed", None)) is not None:
        terminalreporter.write_line(f"Tests in random order: -p randomly --randomly-seed={seed}")


@pytest.fixture(autouse=True)
def _global_state():
    """Give torch's generator and threads to each test as if it were the first."""
    if torch := sys.modules.get("torch"):
        torch.manual_seed(0)
        torch.set_num_threads(int(THREADS))


@pytest.fixture
def one_thread():
    """Pin one thread where results are to be the same bit for bit: sums have one order then."""
    import torch

    with threadpool_limits(1):
        torch.set_num_threads(1)
        yield
