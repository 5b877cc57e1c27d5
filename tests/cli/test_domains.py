"""What surrounds the method: options, files, figures. The method itself has tests of its own."""

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest

from graphkit.omics import read_spatial

OPTIONS = ("--library-key", "slide", "--device", "cpu")


@pytest.fixture
def domains(run, spatial_fakes, tissue_file, tmp_path):
    """Run ``graphkit domains`` on the small tissue."""

    def domains(*options, source=None):
        source = source or tissue_file()
        return run("domains", source, "-o", tmp_path / "out.h5ad", *OPTIONS, *options)

    return domains


def test_the_result_is_the_input_with_domains(domains, tmp_path, small_tissue):
    result = domains("--n-domains", 4)
    assert result.exit_code == 0, result.stderr
    assert result.stdout == ""
    assert "120 spots x 250 genes in 4 domains: obs['domain'], in" in result.stderr
    adata = read_spatial(tmp_path / "out.h5ad", library_key="slide")
    assert adata.obs["domain"].nunique() == 4
    np.testing.assert_array_equal(adata.X.toarray(), small_tissue.X.toarray())
    np.testing.assert_array_equal(adata.obsm["spatial"], small_tissue.obsm["spatial"])


def test_what_was_chosen_is_told_in_a_line_each(domains):
    told = domains("--n-domains", "auto").stderr
    for line in (
        "Read: 15 principal components",
        "Fitted to 100 of the spots, in windows; all have domains by it",
        "3 spots have no domain: too few counts, or off the tissue",
        "Chosen: no smoothing (0.200); second the mean over 6 neighbours (0.100)",
        "k-means on the same: adjusted Rand index 0.80",
        "Number of domains: 3 (2 0.50, 3 0.90), determined, right or one off in 18 of 26 simulated",
    ):
        assert line in told
    assert "not determined: a fallback" in domains("--n-domains", 3).stderr


def test_every_option_reaches_the_method(domains, spatial_fakes):
    fitting = ("--min-counts", 5, "--keep-off-tissue", "--use-rep", "X_pca", "--method", "scrcl")
    fitting += ("--integrate", "harmony")
    domains("--n-domains", "auto", "--members", 3, "--seed", 9, "--threads", 1, *fitting)
    asked = spatial_fakes.calls["domains"]
    assert (asked["min_counts"], asked["off_tissue"]) == (5, True)
    assert (asked["use_rep"], asked["method"]) == ("X_pca", "scrcl")
    assert asked["integrate"] == "harmony"
    assert asked["n_domains"] == "auto"
    assert (asked["members"], asked["random_state"], asked["device"]) == (3, 9, "cpu")
    assert (asked["library_key"], asked["spatial_key"], asked["layer"]) == (
        "slide",
        "spatial",
        None,
    )


def test_the_cost_is_told_before(domains):
    lines = domains("--n-domains", 3).stderr.splitlines()
    assert lines[0].startswith("About ")
    assert "GB of memory" in lines[0]
    assert lines[1] == "domains is running"


@pytest.mark.parametrize("ending", ["png", "svg", "pdf"])
def test_a_figure(domains, tmp_path, ending):
    figure = tmp_path / f"domains.{ending}"
    result = domains("--n-domains", 3, "--figure", figure)
    assert result.exit_code == 0, result.stderr
    start = {"png": b"\x89PNG", "svg": b"<?xml", "pdf": b"%PDF"}[ending]
    assert figure.read_bytes().startswith(start)


def test_a_photograph_that_is_not_there_is_told(domains, tmp_path):
    result = domains("--n-domains", 3, "--figure", tmp_path / "x.png", "--photograph")
    assert result.exit_code == 0
    assert "no tissue image" in result.stderr


@pytest.mark.parametrize("number", ["1", "many"])
def test_a_number_that_makes_no_sense(domains, tmp_path, number, spatial_fakes):
    result = domains("--n-domains", number)
    assert result.exit_code == 2
    assert f"--n-domains: is '{number}'. Give 2 or more, or auto." in result.stderr
    assert spatial_fakes.calls == {}


# Scanpy asks matplotlib for what will be gone.
@pytest.mark.filterwarnings("ignore::PendingDeprecationWarning", "ignore::DeprecationWarning")
def test_scanpy_draws_the_result(domains, tmp_path):
    mpl.use("Agg")
    import scanpy as sc

    domains("--n-domains", 3)
    adata = read_spatial(tmp_path / "out.h5ad", library_key="slide")
    ax = sc.pl.embedding(adata, basis="spatial", color="domain", show=False)
    assert ax.get_title() == "domain"


def test_a_table_for_other_programs(domains, tmp_path):
    table = tmp_path / "domains.csv"
    assert domains("--n-domains", 3, "--table", table).exit_code == 0
    assert table.read_text().startswith("Barcode,domain,domain_stability\n")
    found = pd.read_csv(table, index_col=0, dtype={"domain": str})
    obs = read_spatial(tmp_path / "out.h5ad", library_key="slide").obs
    assert found["domain"].equals(obs["domain"].astype(str).rename_axis("Barcode"))
    np.testing.assert_allclose(found["domain_stability"], obs["domain_stability"], atol=0.006)
    assert (tmp_path / "domains.csv.json").is_file()
    result = domains("--n-domains", 3, "--table", tmp_path / "domains.xlsx")
    assert result.exit_code == 2
    assert "Call it domains.csv" in result.stderr


def test_several_slides_without_a_column_stop_and_the_option_is_named(run, tissue_file, tmp_path):
    result = run("domains", tissue_file(), "-o", tmp_path / "out.h5ad", "--n-domains", 3)
    assert result.exit_code == 2
    assert "obs['slide']: several slides in one table" in result.stderr
    assert "Tell them apart with --library-key slide." in result.stderr
    assert not (tmp_path / "out.h5ad").exists()


def test_the_method_itself(run, tissue_file, tmp_path):
    figure, output = tmp_path / "domains.png", tmp_path / "out.h5ad"
    options = ("--n-domains", "3", "--members", 2, "--figure", figure, *OPTIONS)
    result = run("domains", tissue_file(), "-o", output, *options)
    assert result.exit_code == 0, result.stderr
    adata = read_spatial(output, library_key="slide")
    assert set(adata.obs["domain"].cat.categories) == {"1", "2", "3"}
    assert adata.obs["domain_stability"].between(0, 1).all()
    assert figure.stat().st_size > 10_000
