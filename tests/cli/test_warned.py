import warnings

import pytest

from graphkit.cli.warned import told_warnings


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
