"""The page under load: nothing but 429 is refused, memory stays, a killed worker costs one job."""

import os
import subprocess
import sys

import pytest


@pytest.mark.slow
def test_fifty_posts_at_once_a_hundred_jobs_and_a_killed_worker(root):
    done = subprocess.run(
        [sys.executable, root / "benchmarks/serve.py", "100"],
        capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(root)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "answered_429" in done.stdout
