"""What every test shares: one thread per worker, reproducible properties, the shared folder."""

import os
from pathlib import Path

# Read when numpy and torch load their thread pools, so set before either is imported: two
# workers on two cores are faster with one thread each, and sums come out in one order.
for variable in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[variable] = "1"

import pytest  # noqa: E402
from hypothesis import settings  # noqa: E402

ROOT = Path(__file__).resolve().parents[1]

settings.register_profile("local", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "local")


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """Real data and published weights, where the developer has them."""
    folder = Path(os.environ.get("GRAPHKIT_SHARED", ROOT.parent / "shared"))
    if not folder.is_dir():
        pytest.skip("needs the shared folder: set GRAPHKIT_SHARED or put it at ../shared")
    return folder.resolve()
