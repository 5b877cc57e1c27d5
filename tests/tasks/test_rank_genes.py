"""Genes behind domains: planted markers, parts that add up, and bad input."""

import numpy as np
import pandas as pd
import pytest
import scanpy as sc
import torch
from anndata import AnnData
from scipy import sparse
from scipy.special import logsumexp
from sklearn.metrics import roc_auc_score

from graphkit.builders import spatial_graph
from graphkit.datasets import TissueParams, simulate_tissue
from graphkit.errors import InputError
from graphkit.omics import log_normalise, morans_i, raw_counts, tissue_adata, write_adata
from graphkit.tasks.domain_surrogate import fit_surrogate
from graphkit.tasks.domains.estimator import Domains
from graphkit.tasks.rank_genes import groups, rank_genes


@pytest.fixture(scope="module")
def truth():
    params = TissueParams(n_spots=200, n_layers=3, n_modules=1, n_gradient=2, n_background=20)
    return simulate_tissue(params, seed=0)


@pytest.fixture
def tissue(truth):
    names = [f"layer{k + 1}" for k in truth.layer]
    return AnnData(
        sparse.csr_matrix(truth.counts.astype(np.float32)),
        obs=pd.DataFrame({"domain": pd.Categorical(names)}, index=list(truth.barcodes)),
        var=pd.DataFrame({"module": list(truth.module)}, index=list(truth.genes)),
        obsm={"spatial": truth.coordinates},
    )


def ranked(adata, **keywords):
    assert rank_genes(adata, **keywords) is None
    return adata.uns["rank_genes_groups"]


def test_planted_genes_come_first(tissue):
    table = ranked(tissue)["table"]
    for name, part in table.groupby("group"):
        assert part["rank"].tolist() == list(range(1, tissue.n_vars + 1))
        for _, same_direction in part.groupby("direction"):
            assert same_direction["marker"].is_monotonic_decreasing
        module = tissue.var["module"][part["gene"]].to_numpy()
        assert roc_auc_score(module == name, part["marker"]) > 0.95, name
        # A gene that argues by its absence is no marker.
        absent = part[part["log2_fold_change"] < 0]
        assert (absent["score"] > 0).any()
        assert (absent["marker"] <= 0).all()


def test_parts_add_up_to_the_rise_of_the_log_odds(tissue):
    found = ranked(tissue)
    table = found["table"]
    np.testing.assert_allclose(table["score"], table["own"] + table["neighbors"])
    assert max(found["params"]["completeness_error"].values()) < 0.01
    graph = spatial_graph(tissue)
    expression = log_normalise(raw_counts(tissue))
    labels = groups(tissue, "domain")[0]
    model, x = fit_surrogate(
        expression, labels, graph.connectivities, order=tissue.obsm["spatial"][:, 0]
    )
    logits, base = model.logits(x, x), model.logits(0 * x, 0 * x)
    for number, (_, part) in enumerate(table.groupby("group")):
        others = [k for k in range(3) if k != number]
        odds = [z[:, number] - z[:, others].logsumexp(dim=1) for z in (logits, base)]
        rise = (odds[0] - odds[1])[torch.from_numpy(labels == number)].mean()
        assert part["score"].sum() == pytest.approx(float(rise), rel=0.01)


def test_settings_say_what_was_explained(tissue):
    params = ranked(tissue)["params"]
    assert "surrogate" in params["model"]
    assert set(tissue.uns["rank_genes_groups"]["table"]["explained"]) == {"surrogate"}
    assert "not the model that found the domains" in params["model"]
    assert params["agreement"] > 0.8
    assert "mean expression" in params["baseline"]


def test_scanpy_reads_and_draws_the_ranking(tissue, tmp_path):
    rank_genes(tissue, n_genes=9, key_added="mine")
    path = tmp_path / "ranked.h5ad"
    write_adata(tissue, path)
    again = sc.read_h5ad(path)
    table = again.uns["mine"]["table"]
    frame = sc.get.rank_genes_groups_df(again, None, key="mine")
    assert frame["group"].tolist() == table["group"].tolist()
    assert frame["names"].tolist() == table["gene"].tolist()
    np.testing.assert_allclose(frame["scores"], table["marker"])
    np.testing.assert_allclose(frame["logfoldchanges"], table["log2_fold_change"])
    assert frame[["pvals", "pvals_adj"]].isna().all(axis=None)
    axes = sc.pl.rank_genes_groups(again, key="mine", n_genes=5, show=False)
    titles = [f"layer{k} vs. rest" for k in (1, 2, 3)]
    assert [one.get_title() for one in axes] == titles
    assert [text.get_text() for text in axes[0].texts] == table["gene"].tolist()[:5]


def test_direction_says_whether_a_gene_is_higher_or_lower(tissue):
    table = ranked(tissue)["table"]
    assert set(table["direction"]) == {"up", "down"}
    up = table["direction"] == "up"
    assert (table["mean_inside"][up] > table["mean_outside"][up]).all()
    assert (table["mean_inside"][~up] <= table["mean_outside"][~up]).all()
    assert (table.groupby("group").head(3)["direction"] == "up").all()


def test_statistics_stand_beside(tissue):
    table = ranked(tissue)["table"]
    graph = spatial_graph(tissue)
    expression = log_normalise(raw_counts(tissue))
    moran = dict(zip(tissue.var_names, morans_i(expression, graph.connectivities), strict=True))
    assert table["morans_i"].tolist() == pytest.approx([moran[gene] for gene in table["gene"]])
    first = table[table["group"] == "layer1"].iloc[0]
    assert first["log2_fold_change"] > 1
    assert first["mean_inside"] > first["mean_outside"]


def test_means_and_folds_are_those_of_a_loop(tissue):
    tissue.obs["domain"] = tissue.obs["domain"].where(np.arange(tissue.n_obs) % 5 > 0)
    table = ranked(tissue)["table"].set_index(["group", "gene"])
    values = np.expm1(log_normalise(raw_counts(tissue)).toarray().astype(float))
    domain = tissue.obs["domain"]
    names = domain.cat.categories
    for name in names:
        others = domain.notna() & (domain != name)
        for g in (0, 20, 60):
            row = table.loc[(name, tissue.var_names[g])]
            inside, outside, *each = (
                values[rows, g].mean()
                for rows in (domain == name, others, *(domain == k for k in names if k != name))
            )
            assert row["mean_inside"] == pytest.approx(inside, rel=1e-4)
            assert row["mean_outside"] == pytest.approx(outside, rel=1e-4)
            fold = np.log2((inside + 0.01) / (outside + 0.01))
            assert row["log2_fold_change"] == pytest.approx(fold, abs=1e-3)
            over_next = np.log2((inside + 0.01) / (max(each) + 0.01))
            assert row["log2_fold_over_next"] == pytest.approx(over_next, abs=1e-3)
            assert row["marker"] == pytest.approx(abs(row["score"]) * over_next, abs=1e-3)


def test_copy_leaves_the_original(tissue):
    changed = rank_genes(tissue, copy=True, n_genes=4, key_added="other")
    assert "other" not in tissue.uns
    assert len(changed.uns["other"]["table"]) == 3 * 4


def test_view_is_made_actual(tissue):
    view = tissue[: tissue.n_obs - 3]
    rank_genes(view)
    assert not view.is_view
    assert "rank_genes_groups" not in tissue.uns


def test_genes_without_counts_are_not_ranked(tissue):
    dense = tissue.X.toarray()
    dense[:, 5] = 0
    tissue.X = dense
    table = ranked(tissue)["table"]
    assert tissue.var_names[5] not in set(table["gene"])
    assert np.isfinite(table.select_dtypes("number")).all(axis=None)


def test_spots_without_a_domain_are_neighbours_only(tissue):
    tissue.obs["domain"] = tissue.obs["domain"].where(np.arange(tissue.n_obs) % 4 > 0)
    assert ranked(tissue)["params"]["n_spots"] == tissue.obs["domain"].notna().sum()


def divided(members, **more):
    params = TissueParams(**more)
    slide = tissue_adata(simulate_tissue(params, seed=2))
    model = Domains(params.n_layers, members=members).fit(slide)
    slide.obs["domain"] = model.predict(slide)
    return slide, model


@pytest.fixture(scope="module")
def layered():
    return divided(2, n_spots=300, n_layers=3, n_gradient=0, n_modules=2, contrast=2.0, depth=5000)


def test_genes_planted_in_a_layer_stand_in_front_of_all_others():
    slide, model = divided(12, n_spots=1000, n_layers=4)
    found = ranked(slide, model=model, steps=16)
    for name, part in found["table"].groupby("group"):
        layer = slide.obs["layer"][slide.obs["domain"] == name].mode()[0]
        planted = slide.var["module"][part["gene"]].astype(str).to_numpy() == layer
        assert roc_auc_score(planted, part["marker"]) > 0.95, layer
        assert set(part["explained"]) == {"consensus"}


def test_the_consensus_that_found_the_domains_is_explained(layered):
    slide, model = layered
    found = ranked(slide, model=model)
    assert found["params"]["model"].startswith("consensus")
    assert found["params"]["agreement"] == 1.0
    assert max(found["params"]["completeness_error"].values()) < 0.01
    # The parts add up to the rise of the log-odds of the model that gives the domains.
    logits = model.on(slide)
    both = [logits.logits(x, x).numpy() for x in (logits.features, 0 * logits.features)]
    for number, (name, part) in enumerate(found["table"].groupby("group")):
        others = [k for k in range(3) if k != number]
        odds = [z[:, number] - logsumexp(z[:, others], axis=1) for z in both]
        rise = (odds[0] - odds[1])[(slide.obs["domain"] == name).to_numpy()].mean()
        assert part["score"].sum() == pytest.approx(rise, rel=0.01)


def test_a_model_explains_only_the_domains_that_it_knows(layered):
    slide, model = layered
    with pytest.raises(InputError, match="model: knows no domain 'layer1'"):
        rank_genes(slide, model=model, groupby="layer", copy=True)
    swapped = slide.copy()
    swapped.obs["domain"] = swapped.obs["domain"].map({"1": "2", "2": "1", "3": "3"})
    assert ranked(swapped, model=model, steps=2)["params"]["agreement"] < 0.5
    with pytest.raises(InputError, match="not fitted"):
        rank_genes(slide, model=Domains(3), copy=True)


def test_a_model_of_an_embedding_has_no_genes(layered):
    slide = layered[0].copy()
    slide.obsm["X_own"] = np.random.default_rng(0).normal(size=(slide.n_obs, 4))
    model = Domains(3, members=1).fit(slide, use_rep="X_own")
    slide.obs["domain"] = model.predict(slide)
    with pytest.raises(InputError, match="model: reads an embedding, not genes"):
        rank_genes(slide, model=model)


def test_a_model_of_your_own(tissue):
    class Own:
        loadings = np.eye(tissue.n_vars)[:, :2]
        mean = np.zeros(tissue.n_vars)

        def logits(self, own, neighbors):
            return torch.cat([own, 0 * own[:, :1]], dim=1)

    found = ranked(tissue, model=Own())
    assert found["params"]["model"] == "Own"
    table = found["table"]
    assert not table["neighbors"].any()
    used = table[table["own"] != 0]["gene"]
    assert set(used) <= set(tissue.var_names[:2])


@pytest.mark.parametrize("name", ["cpu", "mps"])
def test_devices_give_the_same(tissue, monkeypatch, name):
    # MPS has no float64, in which parts are added up: the CPU stands in for it.
    monkeypatch.setattr("graphkit.tasks.rank_genes.choose_device", torch.device)
    expected = rank_genes(tissue, copy=True, device="cpu").uns["rank_genes_groups"]["table"]
    pd.testing.assert_frame_equal(ranked(tissue, device=name)["table"], expected)


@pytest.mark.gpu
def test_a_gpu_gives_the_same(tissue):
    expected = rank_genes(tissue, copy=True, device="cpu").uns["rank_genes_groups"]["table"]
    found = ranked(tissue, device="cuda")["table"]
    np.testing.assert_allclose(found["score"], expected["score"], atol=1e-6)


def test_a_device_that_is_not_there(tissue):
    with pytest.raises(InputError, match="'cuda:77' is not available here"):
        rank_genes(tissue, device="cuda:77")


def test_a_model_of_other_genes_is_refused(tissue):
    class Other:
        loadings = np.eye(3)
        mean = np.zeros(3)

    with pytest.raises(InputError, match="model: loadings of 3 genes"):
        rank_genes(tissue, model=Other())


@pytest.mark.parametrize(
    ("column", "message"),
    [
        (None, r"obs\['domain'\]: missing. Choose one of: x"),
        ("a", r"obs\['domain'\]: 1 domain. A ranking needs at least two"),
        (np.nan, r"obs\['domain'\]: 0 domains"),
        ("identifiers", r"obs\['domain'\]: 201 different values"),
    ],
)
def test_bad_groups(column, message):
    adata = AnnData(np.ones((201, 3), dtype=np.float32), obs={"x": np.arange(201)})
    if column is not None:
        adata.obs["domain"] = np.arange(201).astype(str) if column == "identifiers" else column
    with pytest.raises(InputError, match=message):
        rank_genes(adata)


def test_bad_counts(tissue):
    tissue.X = tissue.X * -1.0
    with pytest.raises(InputError, match="X"):
        rank_genes(tissue)


def test_one_gene_with_counts(tissue):
    dense = tissue.X.toarray()
    dense[:, 1:] = 0
    tissue.X = dense
    with pytest.raises(InputError, match="X: 1 genes have counts"):
        rank_genes(tissue)


def test_number_of_genes(tissue):
    with pytest.raises(InputError, match="n_genes: is 0"):
        rank_genes(tissue, n_genes=0)
