import sys
from base64 import b64decode

import matplotlib as mpl
import pytest

from graphkit.errors import InputError
from graphkit.plots.figure import axes_or_new, clean, embedded, new_figure, save_figure


@pytest.mark.parametrize("ending", ["png", "svg", "pdf"])
def test_same_figure_same_bytes(tmp_path, ending):
    for name in "ab":
        ax = new_figure(3, 2).add_subplot()
        ax.plot([0, 1], label="line")
        ax.legend()
        save_figure(ax.figure, tmp_path / f"{name}.{ending}")
    a, b = ((tmp_path / f"{name}.{ending}").read_bytes() for name in "ab")
    assert a == b
    assert len(a) > 500


def test_text_stays_text_and_settings_stay_put(tmp_path):
    before = dict(mpl.rcParams)
    ax = new_figure(3, 2).add_subplot()
    ax.set_title("UGUANAUA")
    save_figure(ax.figure, tmp_path / "x.SVG")
    assert ">UGUANAUA<" in (tmp_path / "x.SVG").read_text()
    assert dict(mpl.rcParams) == before


@pytest.mark.parametrize("name", ["x.jpg", "x"])
def test_other_endings_are_refused(tmp_path, name):
    with pytest.raises(InputError, match="cannot save"):
        save_figure(new_figure(1, 1), tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_axes_are_used_or_made():
    ax = new_figure(2, 2).add_subplot()
    assert axes_or_new(ax, width=5, height=5) is ax
    made = axes_or_new(None, width=5, height=4)
    assert tuple(made.figure.get_size_inches()) == (5, 4)
    clean(made)
    assert not made.spines["top"].get_visible()


def test_no_figure_is_left_with_pyplot():
    pyplot = sys.modules.get("matplotlib.pyplot")
    before = [] if pyplot is None else pyplot.get_fignums()
    new_figure(1, 1)
    pyplot = sys.modules.get("matplotlib.pyplot")
    assert (pyplot is None and not before) or pyplot.get_fignums() == before


def test_an_embedded_figure_is_the_same_png_each_time():
    addresses = [embedded(new_figure(1, 1), dpi=20) for _ in range(2)]
    assert addresses[0] == addresses[1]
    content = b64decode(addresses[0].removeprefix("data:image/png;base64,"))
    assert content.startswith(b"\x89PNG")
