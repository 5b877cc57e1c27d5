"""What every test shares: reproducible properties, signals at any moment, the shared folder."""

import inspect
import os
import sys
from pathlib import Path

import pytest
from hypothesis import settings

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
