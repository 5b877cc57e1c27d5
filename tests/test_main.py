"""``python -m graphkit`` and ``graphkit`` are the same command."""

import subprocess
import sys

from graphkit import __version__


def test_it_is_the_command_line():
    command = [sys.executable, "-m", "graphkit", "--version"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, f"graphkit {__version__}\n"), done.stderr


def test_an_error_is_one_line_that_names_the_command():
    command = [sys.executable, "-m", "graphkit", "localise"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 2
    assert "Usage: graphkit " in done.stderr
    assert "Traceback" not in done.stderr
