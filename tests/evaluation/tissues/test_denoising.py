"""The report, with models whose place in it is known."""

import math

import numpy as np
import pytest
from scipy import sparse

from graphkit.builders import isolated
from graphkit.errors import InputError
from graphkit.evaluation import compare_denoisers
from graphkit.evaluation.tissues.baselines import gene_mean, neighbor_mean


@pytest.fixture(scope="module")
def slide():
    generator = np.random.default_rng(0)
    row, column = np.divmod(np.arange(225), 15)
    share = np.where((column < 8)[:, None], [[0.5, 0.1, 0.2, 0.2]], [[0.1, 0.5, 0.2, 0.2]])
    counts = sparse.csr_matrix(generator.poisson(share * 60).astype(np.float32))
    points = np.column_stack([row, column]) * 1.0
    return counts, points, np.where(column < 8, "left", "right"), share


def near(counts, table, seed):
    return neighbor_mean(counts, table)


def test_rows_pairs_and_controls(slide):
    counts, points, labels, _ = slide
    report = compare_denoisers(counts, points, near, labels=labels, n_neighbors=4)
    rows = {row.name: row for row in report.rows}
    assert next(iter(rows)) == "model"
    assert rows["model"].behind is None
    assert len(rows["model"].losses) == 3
    assert rows["gene mean"].gain.estimate == 0
    assert rows["neighbour mean"].behind.estimate == pytest.approx(0)
    assert rows["model"].gain.estimate > 0
    gap = np.subtract(rows["gene mean"].losses, rows["model"].losses)
    assert rows["gene mean"].behind.estimate == pytest.approx(gap.mean())
    # Neighbours help; shuffled ones do not.
    assert rows["model"].gain.estimate > rows["model, spots alone"].gain.estimate
    assert report.shuffled_share < 0.9
    assert 0 < rows["neighbour mean"].border.signed < 1
    assert (report.n_spots, report.n_genes) == (225, 4)


def test_equivalent_depth_is_one_where_the_model_is_the_baseline_and_more_where_it_leads(slide):
    counts, points, _, share = slide
    order = {}

    def truth(train, table, seed):
        # Genes come sorted by abundance in the training half: undo it by their means.
        totals = np.asarray(train.sum(axis=0)).ravel()
        order["sorted"] = (np.diff(totals) <= 0).all()
        whole = np.asarray(counts.sum(axis=0)).ravel()
        return share[:, np.argsort(-whole, kind="stable")]

    report = compare_denoisers(counts, points, truth, seeds=(0,), controls=False)
    assert order["sorted"]
    assert report.equivalent_depth > 1
    assert math.isnan(report.shuffled_share)
    worse = compare_denoisers(
        counts, points, lambda c, t, s: gene_mean(c), seeds=(0,), controls=False
    )
    assert worse.equivalent_depth < 1


def test_controls_get_no_neighbors_and_other_neighbors(slide):
    counts, points, _, _ = slide
    seen = []

    def spy(train, table, seed):
        seen.append(table)
        return gene_mean(train)

    compare_denoisers(counts, points, spy, seeds=(0,), n_neighbors=4)
    model, alone, shuffled = seen
    assert alone.index.shape == isolated(225).index.shape
    apart = np.linalg.norm(points[shuffled.index[:, 0]] - points, axis=1)
    assert np.median(apart) > 2
    assert np.median(np.linalg.norm(points[model.index[:, 0]] - points, axis=1)) == 1


def test_model_sees_the_training_half_alone(slide):
    counts, points, _, _ = slide
    totals = []

    def spy(train, table, seed):
        totals.append(train.sum())
        return gene_mean(train)

    compare_denoisers(counts, points, spy, seeds=(0,), controls=False)
    assert totals[0] / counts.sum() == pytest.approx(0.5, abs=0.02)


def test_spots_with_few_counts_are_left_out(slide):
    counts, points, _, _ = slide
    poor = counts.copy().tolil()
    poor[:5] = 0
    report = compare_denoisers(sparse.csr_matrix(poor), points, near, seeds=(0,), controls=False)
    assert report.n_spots == 220
    with pytest.raises(InputError, match="only 20 spots"):
        compare_denoisers(counts[:20], points[:20], near)
