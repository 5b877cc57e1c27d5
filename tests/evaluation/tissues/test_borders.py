"""Contrast at borders: 1 for what is held out, less for what is blurred."""

import numpy as np
import pytest
from scipy import sparse

from graphkit.builders import spot_table
from graphkit.errors import InputError
from graphkit.evaluation import border_contrast


@pytest.fixture
def slide():
    generator = np.random.default_rng(0)
    row, column = np.divmod(np.arange(144), 12)
    labels = np.where(column < 6, "a", "b").astype(object)
    truth = np.where((column < 6)[:, None], [[0.7, 0.1, 0.2]], [[0.1, 0.7, 0.2]])
    held = sparse.csr_matrix(generator.poisson(truth * 200).astype(np.float32))
    return truth, held, labels, spot_table(np.column_stack([row, column]) * 1.0, n_neighbors=4)


def test_held_out_itself_is_one(slide):
    _, held, labels, table = slide
    assert border_contrast(held.toarray(), held, labels, table) == pytest.approx((1, 1))


def test_truth_is_kept_whole_and_the_mean_has_none(slide):
    truth, held, labels, table = slide
    assert border_contrast(truth, held, labels, table, n_genes=2).signed == pytest.approx(
        1, abs=0.05
    )
    flat = np.tile(truth.mean(axis=0), (144, 1))
    assert border_contrast(flat, held, labels, table) == pytest.approx((0, 0), abs=1e-6)


def test_noise_counts_in_the_absolute_contrast_alone(slide):
    truth, held, labels, table = slide
    flat = np.tile(truth.mean(axis=0), (144, 1))
    noisy = flat * np.random.default_rng(1).lognormal(0, 1, truth.shape)
    found = border_contrast(noisy, held, labels, table)
    assert found.absolute > 0.5
    assert abs(found.signed) < 0.2


def test_missing_labels_are_left_out(slide):
    truth, held, labels, table = slide
    some = labels.copy()
    some[:12] = np.nan
    found = border_contrast(truth, held, some, table)
    kept = np.arange(12, 144)
    row, column = np.divmod(kept, 12)
    alone = spot_table(np.column_stack([row, column]) * 1.0, n_neighbors=4)
    assert found.signed == pytest.approx(
        border_contrast(truth[kept], held[kept], labels[kept], alone).signed, abs=0.1
    )


def test_no_borders_is_an_error(slide):
    truth, held, _, table = slide
    for labels in (["a"] * 144, [None] * 144):
        with pytest.raises(InputError, match="no neighbouring spots"):
            border_contrast(truth, held, labels, table)
