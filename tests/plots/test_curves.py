import numpy as np
import pytest

from graphkit.errors import InputError
from graphkit.plots import perturbation_curves

X = [0.0, 0.1, 0.5]


def test_curves_are_drawn_as_given():
    ax = perturbation_curves(X, {"ours": [0, -2, -3], "attention": [0, 0, -1]})
    drawn = {line.get_label(): list(line.get_ydata()) for line in ax.lines}
    assert drawn["ours"] == [0, -2, -3]
    assert drawn["attention"] == [0, 0, -1]
    colours = [line.get_color() for line in ax.lines[:2]]
    assert len(set(colours)) == 2


def test_the_band_holds_95_percent_of_the_draws():
    draws = np.random.default_rng(0).normal(size=(200, 3))
    ax = perturbation_curves(X, {}, random=draws)
    (band,) = ax.collections
    y = band.get_paths()[0].vertices[:, 1]
    low, high = np.quantile(draws, (0.025, 0.975), axis=0)
    assert y.min() == pytest.approx(low.min())
    assert y.max() == pytest.approx(high.max())
    assert "random, 95 % of 200" in [t.get_text() for t in ax.get_legend().get_texts()]


@pytest.mark.parametrize(("kind", "verb"), [("deletion", "broken"), ("insertion", "put back")])
def test_axes_say_what_was_done(kind, verb):
    ax = perturbation_curves(X, {"a": X}, kind=kind, unit="logit")
    assert verb in ax.get_xlabel()
    assert "logit" in ax.get_ylabel()


def test_the_legend_is_beside_the_curves():
    ax = perturbation_curves(X, {"name " * 20: [0, -2, -3]})
    ax.figure.draw_without_rendering()
    legend, plot = ax.get_legend().get_window_extent(), ax.get_window_extent()
    assert legend.x0 >= plot.x1 - 1
    assert legend.x1 <= ax.figure.canvas.get_width_height()[0] + 1


@pytest.mark.parametrize("wrong", [{"curves": {"a": [1]}}, {"curves": {}, "random": [[1, 2]]}])
def test_lengths_must_agree(wrong):
    with pytest.raises(InputError, match="fractions"):
        perturbation_curves(X, **wrong)
