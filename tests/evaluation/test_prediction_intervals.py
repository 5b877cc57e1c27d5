import numpy as np
import pytest

from graphkit.errors import InputError
from graphkit.evaluation import PredictionInterval


def drawn(n, noise, seed=0):
    """Values off by what their scale says, measured with noise: skewed, of two widths."""
    generator = np.random.default_rng(seed)
    location, scale = generator.normal(0, 2, n), generator.choice([0.5, 2.0], n)
    true = location + scale * (generator.gamma(2, 1, n) - 2)
    variance = noise / generator.integers(1, 6, n)
    return {
        "true": true,
        "value": true + generator.normal(0, np.sqrt(variance)),
        "location": location,
        "scale": scale,
        "variance": variance,
    }


def test_without_noise_the_ends_are_quantiles():
    data = drawn(4001, noise=0.0)
    del data["variance"]
    off = (data.pop("true") - data["location"]) / data["scale"]
    found = PredictionInterval.fit(**data)
    assert -found.below == pytest.approx(np.quantile(off, 0.1), abs=0.01)
    assert found.above == pytest.approx(np.quantile(off, 0.9), abs=0.01)


@pytest.mark.parametrize("level", [0.5, 0.8, 0.95])
def test_as_many_new_values_are_covered_as_promised(level):
    data, new = drawn(4000, noise=0.5), drawn(4000, noise=0.5, seed=1)
    data.pop("true")
    true = new.pop("true")
    found = PredictionInterval.fit(**data, level=level)
    assert found.covers(**new).mean() == pytest.approx(level, abs=0.03)
    lower, upper = found.apply(new["location"], scale=new["scale"])
    assert ((true > lower) & (true < upper)).mean() == pytest.approx(level, abs=0.06)


def test_noise_is_not_taken_for_error_of_the_prediction():
    data = drawn(4000, noise=4.0)
    true = data.pop("true")
    known = PredictionInterval.fit(**data)
    blind = PredictionInterval.fit(**{**data, "variance": 0.0})
    exact = PredictionInterval.fit(**{**data, "value": true, "variance": 0.0})
    width = [one.below + one.above for one in (exact, known, blind)]
    assert width[0] == pytest.approx(width[1], rel=0.25)
    assert width[2] > 1.5 * width[0]


def test_both_tails_hold_their_half():
    data = drawn(4000, noise=0.5)
    data.pop("true")
    found = PredictionInterval.fit(**data)
    outside = ~found.covers(**data)
    low = data["value"] < data["location"]
    assert (outside & low).mean() == pytest.approx(0.1, abs=0.005)
    assert (outside & ~low).mean() == pytest.approx(0.1, abs=0.005)


def test_values_that_noise_alone_explains_need_no_width():
    generator = np.random.default_rng(0)
    value = generator.normal(0, 0.1, 100)
    found = PredictionInterval.fit(
        value, location=np.zeros(100), scale=np.ones(100), variance=np.ones(100)
    )
    assert found.below == found.above == 0


@pytest.mark.parametrize(
    ("value", "scale", "message"),
    [
        (np.zeros(19), np.ones(19), "no interval"),
        (np.zeros(30), np.zeros(30), "positive scales"),
        (np.full(30, np.nan), np.ones(30), "finite"),
    ],
)
def test_what_cannot_be_fitted_is_refused(value, scale, message):
    with pytest.raises(InputError, match=message):
        PredictionInterval.fit(value, location=np.zeros(len(value)), scale=scale)


def test_weights_stand_for_copies():
    generator = np.random.default_rng(0)
    value, wide = generator.normal(0, 1, 60), generator.normal(0, 5, 60)
    both = np.concatenate([value, wide])
    weight = np.repeat([1.0, 3.0], 60)
    shape = {"location": 0.0, "scale": 1.0}
    found = PredictionInterval.fit(both, weight=weight, **shape)
    copied = PredictionInterval.fit(np.concatenate([value, wide, wide, wide]), **shape)
    assert (found.below, found.above) == pytest.approx((copied.below, copied.above))
    with pytest.raises(InputError):
        PredictionInterval.fit(both, weight=-1.0, **shape)
