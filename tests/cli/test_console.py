import contextlib
import io
import time

import pytest

from graphkit.cli import console


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture(autouse=True)
def soon(monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(console, "SECONDS_BEFORE_BAR", 0.05)


def seen(stream, *, seconds, **more):
    with contextlib.redirect_stderr(stream), console.progress("Working", total=3, **more) as step:
        for _ in range(3):
            time.sleep(seconds / 3)
            step()
    return stream.getvalue()


def test_a_bar_for_long_work_on_a_terminal():
    assert "Working" in seen(Terminal(), seconds=0.4)


def test_no_bar_for_short_work():
    assert "Working" not in seen(Terminal(), seconds=0)


def test_no_bar_where_it_would_disturb():
    assert seen(Terminal(), seconds=0.2, show=False) == ""


def test_no_bar_in_a_file():
    assert seen(io.StringIO(), seconds=0.2) == ""


def test_messages_are_one_line_and_take_no_markup(capsys):
    console.fail("x\n\x1b[31m [bold]y[/bold] :smile: " + "z" * 5000)
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("Error: x??[31m [bold]y[/bold] :smile: zzz")
    assert lines[0].endswith("...")
