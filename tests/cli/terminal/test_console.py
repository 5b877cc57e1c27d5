import contextlib
import io
import warnings
from types import SimpleNamespace

import pytest

from graphkit.cli.terminal import console
from graphkit.cli.terminal.console import told_warnings


class Terminal(io.StringIO):
    def isatty(self):
        return True


class Clock:
    """Stands for the timer: its time comes when the test says so."""

    def __init__(self):
        self.calls = []

    def __call__(self, seconds, function):
        self.seconds, self.function = seconds, function
        return SimpleNamespace(
            start=lambda: self.calls.append("start"),
            cancel=lambda: self.calls.append("cancel"),
            join=lambda: self.calls.append("join"),
        )


@pytest.fixture(autouse=True)
def terminal(monkeypatch):
    monkeypatch.setenv("TERM", "xterm")


def seen(stream, clock, *, long, **more):
    progress = console.progress("Working", total=3, timer=clock, **more)
    with contextlib.redirect_stderr(stream), progress as step:
        for _ in range(3):
            step()
        if long:
            clock.function()
    return stream.getvalue()


def test_a_bar_for_long_work_on_a_terminal():
    assert "Working" in seen(Terminal(), clock := Clock(), long=True)
    assert clock.seconds == console.SECONDS_BEFORE_BAR


def test_no_bar_for_short_work():
    assert "Working" not in seen(Terminal(), clock := Clock(), long=False)
    assert clock.calls == ["start", "cancel", "join"]


@pytest.mark.parametrize(("stream", "show"), [(Terminal(), False), (io.StringIO(), True)])
def test_no_bar_where_it_would_disturb_or_in_a_file(stream, show):
    assert seen(stream, clock := Clock(), long=False, show=show) == ""
    assert clock.calls == []


def test_messages_are_one_line_and_take_no_markup(capsys):
    console.fail("x\n\x1b[31m [bold]y[/bold] :smile: " + "z" * 5000)
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("Error: x??[31m [bold]y[/bold] :smile: zzz")
    assert lines[0].endswith("...")


def test_each_warning_for_users_once_as_a_line(capsys):
    with told_warnings():
        for _ in range(3):
            warnings.warn("spots share\n coordinates", stacklevel=1)
        warnings.warn("another", UserWarning, stacklevel=1)
    lines = capsys.readouterr().err.splitlines()
    assert lines == ["Warning: spots share coordinates", "Warning: another"]


def test_in_other_words(capsys):
    with told_warnings(str.upper):
        warnings.warn("look", stacklevel=1)
    assert capsys.readouterr().err == "Warning: LOOK\n"


def test_warnings_for_programmers_are_not_shown(capsys):
    with told_warnings():
        warnings.simplefilter("always")
        warnings.warn("old", FutureWarning, stacklevel=1)
        warnings.warn("old", DeprecationWarning, stacklevel=1)
    assert capsys.readouterr().err == ""


def test_the_world_outside_is_as_before():
    before = warnings.showwarning
    with pytest.raises(ZeroDivisionError), told_warnings():
        raise ZeroDivisionError
    assert warnings.showwarning is before
    with pytest.raises(UserWarning, match="error again"):
        warnings.warn("error again", stacklevel=1)


def test_a_hint_is_for_terminals_alone():
    for stream, expected in ((Terminal(), "Loading\n"), (io.StringIO(), "")):
        with contextlib.redirect_stderr(stream):
            console.hint("Loading")
        assert stream.getvalue() == expected
