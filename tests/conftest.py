"""What every test shares: reproducible properties, signals at any moment, the shared folder."""

from __future__ import annotations

import inspect
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from anndata import AnnData
    from click.testing import Result

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


@pytest.fixture(scope="session")
def interrupted_anywhere():
    """Call a function again and again, raising at each moment at which a signal may raise."""

    def interrupt(call):
        """Yield after each call that was interrupted, each time one moment later."""
        moment, reached = 0, True
        while reached:
            moment, reached = moment + 1, False
            left = moment

            def tick(frame, event, _):
                nonlocal left, reached
                # Python looks for signals where a function begins and where C code returns, but
                # not where an exception enters a generator.
                begins = event == "call" and not frame.f_code.co_flags & inspect.CO_GENERATOR
                if begins or event == "c_return":
                    left -= 1
                    if left == 0:
                        reached = True
                        raise KeyboardInterrupt

            sys.setprofile(tick)
            try:
                call()
            except (KeyboardInterrupt, OSError):  # shutil.rmtree may close a folder twice
                pass
            finally:
                sys.setprofile(None)
            yield moment

    return interrupt


@pytest.fixture
def run() -> Callable[..., Result]:
    """Run ``graphkit`` with these arguments in this process."""
    from typer.testing import CliRunner

    from graphkit.cli.main import app

    def run(*arguments: object, stdin: str | bytes | None = None) -> Result:
        return CliRunner().invoke(app, [str(a) for a in arguments], input=stdin)

    return run


@pytest.fixture
def fasta(tmp_path: Path) -> Callable[..., Path]:
    """Write text as a FASTA file and return its path."""

    def write(text: str | bytes, name: str = "x.fa") -> Path:
        path = tmp_path / name
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    return write


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a small model of two classes with random weights: explained like any other."""
    from graphkit.datasets import SimulationParams, simulate_transcripts
    from graphkit.methods import SGCLLncLoc, SGCLLncLocParams
    from graphkit.sequences import encode
    from graphkit.tasks.localize.ensemble import Ensemble
    from graphkit.tasks.localize.folder import write_folder

    classes = ("Cytoplasm", "Nucleus")
    sizes = SimulationParams(n_transcripts=8, length=(200, 300))
    codes = [encode(one.record.sequence) for one in simulate_transcripts(sizes, seed=0)]
    params = SGCLLncLocParams(k=3, features="one-hot", hidden=8)
    members = [SGCLLncLoc.fresh(classes, params, codes, y=(), seed=seed) for seed in range(2)]
    folder = tmp_path_factory.mktemp("models") / "tiny"
    write_folder(
        folder, Ensemble(method=SGCLLncLoc, params=params, classes=classes, members=members)
    )
    return folder


@pytest.fixture(scope="session")
def small_tissue() -> AnnData:
    """A simulated tissue of two slides; to be copied before it is changed."""
    from graphkit.datasets import TissueParams, simulate_tissue
    from graphkit.omics import tissue_adata

    return tissue_adata(simulate_tissue(TissueParams(n_spots=60, n_slides=2), seed=0))
