import pytest

from graphkit.cli.terminal.estimate import announce
from graphkit.omics import mapped
from graphkit.omics.mapped import free_memory
from graphkit.tasks.costs import Cost


@pytest.fixture
def free(monkeypatch, tmp_path):
    """Let the machine have so much memory."""

    def set_free(text):
        path = tmp_path / "meminfo"
        path.write_text(text)
        monkeypatch.setattr(mapped, "MEMINFO", path)

    return set_free


def test_a_run_that_fits(free, capsys):
    free("MemTotal: 32000000 kB\nMemAvailable: 16000000 kB\n")
    announce(Cost(1.2e9, 200))
    assert capsys.readouterr().err == "About 1.2 GB of memory and 3 minutes.\n"


def test_a_run_that_does_not_fit_says_what_to_do(free, capsys):
    free("MemAvailable: 1000000 kB\n")
    announce(Cost(64e9, 7_200))
    first, second = capsys.readouterr().err.splitlines()
    assert first == "About 64 GB of memory and 2.0 hours."
    assert second.startswith("Warning: only 1.0 GB of memory are free. If it fails: take fewer")


@pytest.mark.parametrize("text", ["", "nonsense", "MemAvailable: much\n", "MemTotal: 5 kB\n"])
def test_nobody_knows_the_free_memory(free, capsys, text):
    free(text)
    assert free_memory() is None
    announce(Cost(1e15, 10))
    assert "Warning" not in capsys.readouterr().err


def test_no_such_file(monkeypatch, tmp_path):
    monkeypatch.setattr(mapped, "MEMINFO", tmp_path / "none")
    assert free_memory() is None


def test_free_memory_in_bytes(free):
    free("MemAvailable:       2 kB\n")
    assert free_memory() == 2048


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (1, "5 seconds"),
        (14, "15 seconds"),
        (60, "a minute"),
        (100, "2 minutes"),
        (3e4, "8.3 hours"),
    ],
)
def test_times(free, capsys, seconds, words):
    free("")
    announce(Cost(1e9, seconds))
    assert words in capsys.readouterr().err
