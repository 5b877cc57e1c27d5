import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphkit.errors import InputError
from graphkit.sequences import LineEffects, balanced_cut

LINES = ("A549", "HeLa", "HepG2", "K562")
OFFSETS = np.array([0.8, -0.5, -0.6, 0.3])


def planted(n=400, *, noise=0.0, missing=0.5, seed=0):
    """Genes in some lines each: gene + line + noise."""
    generator = np.random.default_rng(seed)
    genes = generator.normal(-1, 2, n)
    values = genes[:, None] + OFFSETS + generator.normal(0, noise, (n, len(LINES)))
    values[generator.random(values.shape) < missing] = np.nan
    return genes, values


def test_planted_effects_are_recovered_from_scattered_values():
    genes, values = planted()
    effects = LineEffects.fit(values, lines=LINES)
    assert effects.offsets == pytest.approx(OFFSETS, abs=1e-6)
    assert effects.noise == pytest.approx(0, abs=1e-9)
    found = effects.apply(values)
    seen = found.lines > 0
    assert found.value[seen] == pytest.approx(genes[seen], abs=1e-6)


def test_noise_and_spread_are_those_that_made_the_values():
    _, values = planted(6000, noise=1.0)
    effects = LineEffects.fit(values, lines=LINES)
    assert effects.noise == pytest.approx(1.0, rel=0.06)
    assert effects.spread == pytest.approx(4.0, rel=0.06)


def test_effects_equal_a_least_squares_fit_of_genes_and_lines():
    _, values = planted(30, noise=1.0, missing=0.3)
    rows, columns = np.nonzero(np.isfinite(values))
    design = np.zeros((len(rows) + 1, len(values) + len(LINES)))
    design[np.arange(len(rows)), rows] = 1
    design[np.arange(len(rows)), len(values) + columns] = 1
    design[-1, len(values) :] = 1
    target = np.append(values[rows, columns], 0)
    slow = np.linalg.lstsq(design, target, rcond=None)[0][len(values) :]
    assert LineEffects.fit(values, lines=LINES).offsets == pytest.approx(slow, abs=1e-6)


def test_the_mean_over_available_lines_is_biased_and_the_adjusted_one_is_not():
    genes, values = planted(2000, noise=0.5)
    values[genes > 0, 0] = np.nan
    seen = np.isfinite(values).any(axis=1)
    plain = np.nanmean(values[seen], axis=1) - genes[seen]
    found = LineEffects.fit(values, lines=LINES).apply(values[seen]).value - genes[seen]
    high = genes[seen] > 0
    assert abs(plain[high].mean() - plain[~high].mean()) > 0.2
    assert abs(found[high].mean() - found[~high].mean()) < 0.1


def test_more_lines_are_trusted_more_and_none_is_not_trusted():
    _, values = planted(500, noise=1.0)
    effects = LineEffects.fit(values, lines=LINES)
    few = np.full((3, 4), np.nan)
    few[1, 0] = few[2, 1:3] = 1.0
    found = effects.apply(few)
    assert found.lines.tolist() == [0, 1, 2]
    assert found.reliability[0] == 0
    assert 0 < found.reliability[1] < found.reliability[2] < 1
    assert found.variance[1] == pytest.approx(2 * found.variance[2])
    assert np.isnan(found.value[0])
    assert np.isinf(found.variance[0])


def test_genes_that_were_not_fitted_on_are_adjusted_by_the_same_offsets():
    _, values = planted()
    effects = LineEffects.fit(values, lines=LINES)
    new = np.full((1, 4), np.nan)
    new[0, 3] = 5.0
    assert effects.apply(new).value[0] == pytest.approx(5.0 - effects.offset("K562"))


def test_one_line_alone_is_left_as_it_is():
    effects = LineEffects.fit([[1.0], [3.0], [np.nan]], lines=("K562",))
    found = effects.apply([[1.0], [3.0], [np.nan]])
    assert found.value[:2].tolist() == [1.0, 3.0]
    assert found.reliability.tolist() == [1.0, 1.0, 0.0]


def test_lines_that_no_gene_joins_are_refused_by_name():
    values = np.full((6, 4), np.nan)
    values[:3, :2] = 1.0
    values[3:, 2:] = 2.0
    with pytest.raises(InputError, match="no gene joins these lines to A549: HepG2, K562"):
        LineEffects.fit(values, lines=LINES)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (np.full((2, 4), np.nan), "no gene was measured"),
        (np.ones((2, 3)), "values \\(2, 3\\) for 4 lines"),
        (np.full((2, 4), np.inf), "infinite"),
    ],
)
def test_tables_that_cannot_be_adjusted_are_refused(values, message):
    with pytest.raises(InputError, match=message):
        LineEffects.fit(values, lines=LINES)


def test_an_unknown_line_is_refused_with_the_choices():
    effects = LineEffects(LINES, tuple(OFFSETS), 1.0, 1.0)
    with pytest.raises(InputError, match=r"no cell line 'Vero'.*A549, HeLa, HepG2, K562"):
        effects.offset("Vero")


@given(st.lists(st.tuples(st.integers(-20, 20), st.booleans()), min_size=2, max_size=30))
def test_the_cut_is_as_balanced_as_any(pairs):
    values, low = (np.array(part) for part in zip(*pairs, strict=True))
    if low.all() or not low.any() or len(set(values)) < 2:
        return

    def imbalance(cut):
        return abs((values[low] > cut).mean() - (values[~low] <= cut).mean())

    between = (np.unique(values)[:-1] + np.unique(values)[1:]) / 2
    assert imbalance(balanced_cut(values, low)) <= min(map(imbalance, between)) + 1e-9


def test_a_cut_of_one_class_is_refused():
    with pytest.raises(InputError, match="both classes"):
        balanced_cut([1.0, 2.0], [True, True])


def test_targets_are_values_where_measured_and_bounds_elsewhere():
    effects = LineEffects(LINES, tuple(OFFSETS), 1.0, 4.0)
    values = np.full((3, 4), np.nan)
    values[0, :2] = [1.8, -1.5]  # adjusted: 1 and -1
    found = effects.targets(values, low=[True, True, False], cut=-1.25)
    assert found[0, :3].tolist() == [0.0, 0.0, 0.5]
    # Each line against the others, here the one other: 2 apart either way.
    assert found[0, 3:5] == pytest.approx([2.0, -2.0])
    assert np.isnan(found[0, 5:]).all()
    assert found[1:, :3].tolist() == [[-np.inf, -1.25, 0.0], [-1.25, np.inf, 0.0]]
    assert np.isnan(found[1:, 3:]).all()


def test_a_line_is_compared_with_the_mean_of_the_others():
    _, values = planted(50, noise=1.0, missing=0.3)
    effects = LineEffects.fit(values, lines=LINES)
    found = effects.targets(values, low=np.zeros(50, bool), cut=0.0)[:, 3:]
    adjusted = values - np.array(effects.offsets)
    for row, column in zip(*np.nonzero(np.isfinite(found)), strict=True):
        others = np.delete(adjusted[row], column)
        expected = adjusted[row, column] - np.nanmean(others)
        assert found[row, column] == pytest.approx(expected)
    assert (np.isfinite(found).any(axis=1) == (np.isfinite(values).sum(axis=1) > 1)).all()
