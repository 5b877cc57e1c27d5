"""The worker: what it answers, and that no error says what users sent."""

import json
import os
import subprocess
import sys

from graphkit.errors import InputError
from graphkit.web import worker


def ask(monkeypatch, error):
    def broken(folder, order, tell):
        raise error

    monkeypatch.setitem(worker.DO, "localize", broken)
    return worker.answer({"verb": "localize", "folder": "/private"}, lambda **_: None)


def test_an_input_error_is_told_without_the_folder(monkeypatch):
    told = ask(monkeypatch, InputError("no records", file="/private/input.h5ad"))
    assert told == {"end": "refused", "text": "/input.h5ad: no records"}


def test_another_error_tells_its_kind_and_place_alone(monkeypatch):
    told = ask(monkeypatch, KeyError("ACGU"))
    assert told["end"] == "failed"
    assert "KeyError in test_worker.py, line" in told["text"]
    assert "ACGU" not in told["text"]


def test_too_little_memory_is_told(monkeypatch):
    assert "not enough memory" in ask(monkeypatch, MemoryError())["text"]


def test_lines_go_in_and_out_and_what_libraries_print_does_not_disturb():
    order = json.dumps({"verb": "localize", "folder": "/nowhere", "model": "lncloc"})
    code = """
from graphkit.web import transcripts, worker
transcripts.about = lambda model: print("noise") or {"model": model}
worker.main()
"""
    done = subprocess.run(
        [sys.executable, "-c", code, "lncloc", "2000"],
        input=f"{order}\n",
        capture_output=True,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    assert done.returncode == 0, done.stderr
    first, second = map(json.loads, done.stdout.splitlines())
    assert first == {"model": "lncloc"}
    assert second["end"] == "failed"
