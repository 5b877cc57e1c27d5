"""Every example runs, prints something and is short enough to read."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = sorted((Path(__file__).resolve().parents[1] / "examples").glob("*.py"))
SLOW = {"discover_motifs"}  # what it shows, tests/cli/test_motifs_planted.py tests


def test_there_are_examples():
    assert EXAMPLES


@pytest.mark.parametrize(
    "example",
    [
        pytest.param(path, id=path.stem, marks=[pytest.mark.slow] * (path.stem in SLOW))
        for path in EXAMPLES
    ],
)
def test_example(example, tmp_path):
    assert len(example.read_text("utf-8").splitlines()) < 60
    result = subprocess.run(
        [sys.executable, example], cwd=tmp_path, env=os.environ, capture_output=True, text=True
    )
    assert result.returncode == 0, result.stderr
    assert result.stdout.strip()
