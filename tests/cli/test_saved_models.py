"""Models of one tissue, kept and applied to another."""

import io

import pandas as pd
import pytest

from graphkit.datasets import TissueParams, simulate_tissue
from graphkit.omics import read_spatial, tissue_adata

FITS = {
    "denoise": [],
    "domains": ["--n-domains", 3, "--members", 2],
    "modules": ["--n-modules", 3],
}
SLOT = {
    "denoise": ("layers", "denoised"),
    "domains": ("obs", "domain"),
    "modules": ("var", "gene_module"),
}


@pytest.fixture
def tissues(tmp_path):
    """Two tissues; the second has its genes in another order."""
    paths = []
    for seed, order in ((0, 1), (1, -1)):
        params = TissueParams(n_spots=90, n_layers=3)
        path = tmp_path / f"tissue{seed}.h5ad"
        tissue_adata(simulate_tissue(params, seed=seed))[:, ::order].write_h5ad(path)
        paths.append(path)
    return paths


@pytest.fixture
def fit(run, tissues, tmp_path):
    """Fit a verb to the first tissue, keep the model and return its folder."""

    def fit(verb):
        model, output = tmp_path / f"{verb}_model", tmp_path / f"{verb}_first.h5ad"
        result = run(verb, tissues[0], "-o", output, *FITS[verb], "--save-model", model)
        assert result.exit_code == 0, result.stderr
        assert f"Model in {model}" in result.stderr
        return model

    return fit


@pytest.mark.parametrize("verb", FITS)
@pytest.mark.usefixtures("quick")
def test_a_model_is_kept_and_applied_to_another_tissue(verb, run, fit, tissues, tmp_path):
    model, output = fit(verb), tmp_path / "second.h5ad"
    result = run(verb, tissues[1], "-o", output, "--model", model)
    assert result.exit_code == 0, result.stderr
    # Nothing is fitted: nothing is told of its cost.
    assert "About " not in result.stderr
    room, key = SLOT[verb]
    assert key in getattr(read_spatial(output), room)
    again = tmp_path / "again.h5ad"
    assert run(verb, tissues[0], "-o", again, "--model", model).exit_code == 0
    first, other = (read_spatial(path) for path in (tmp_path / f"{verb}_first.h5ad", again))
    same = getattr(first, room)[key] == getattr(other, room)[key]
    assert same.all()


@pytest.mark.usefixtures("quick")
def test_rank_genes_explains_the_model_that_found_the_domains(run, fit, tmp_path):
    model, source = fit("domains"), tmp_path / "domains_first.h5ad"
    result = run("rank-genes", source, "--model", model, "--top", 2)
    assert result.exit_code == 0, result.stderr
    assert "Explained: consensus: log-posterior of the domains" in result.stderr
    assert "On the spots it agrees with 100% of the labels." in result.stderr
    assert set(pd.read_csv(io.StringIO(result.stdout), sep="\t")["explained"]) == {"consensus"}
    result = run("rank-genes", source, "--top", 2)
    assert "Explained: surrogate" in result.stderr
    assert "domains --save-model DIR, then --model DIR" in result.stderr
    assert set(pd.read_csv(io.StringIO(result.stdout), sep="\t")["explained"]) == {"surrogate"}


@pytest.mark.parametrize(
    ("verb", "options"),
    [
        ("denoise", ["--seed", 1]),
        ("denoise", ["--evaluate"]),
        ("denoise", ["--save-model", "other"]),
        ("domains", ["--n-domains", 3]),
        ("domains", ["--members", 5]),
        ("domains", ["--seed", 0]),
        ("domains", ["--save-model", "other"]),
        ("modules", ["--n-modules", "auto"]),
        ("modules", ["--seed", 1]),
        ("modules", ["--save-model", "other"]),
        ("rank-genes", ["--seed", 1]),
    ],
)
def test_what_only_a_fit_reads_is_refused_beside_a_model(verb, options, run, tissues, tmp_path):
    output = tmp_path / ("out.tsv" if verb == "rank-genes" else "out.h5ad")
    result = run(verb, tissues[0], "-o", output, "--model", tmp_path / "model", *options)
    assert result.exit_code == 2
    assert f"{options[0]}: does not go with --model" in result.stderr
    assert not output.exists()


@pytest.mark.parametrize("verb", FITS)
def test_a_model_that_has_no_place_is_told_before_the_work(
    verb, run, tissues, tmp_path, spatial_fakes
):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "notes.txt").write_text("mine")
    for place, message in (
        (tmp_path / "none" / "model", "is no folder"),
        (tissues[0], "is a file. Choose another name for --save-model"),
        (tmp_path / "full", "holds other things than such results (no config.json)"),
    ):
        arguments = (verb, tissues[0], "-o", tmp_path / "out.h5ad", *FITS[verb])
        result = run(*arguments, "--save-model", place)
        assert result.exit_code == 2
        assert message in result.stderr
    assert spatial_fakes.calls == {}
    assert not (tmp_path / "out.h5ad").exists()


@pytest.mark.usefixtures("quick")
def test_a_model_of_another_verb_or_of_other_genes_is_refused(run, fit, tissues, tmp_path):
    model, output = fit("denoise"), tmp_path / "out.h5ad"
    result = run("domains", tissues[1], "-o", output, "--model", model)
    assert result.exit_code == 2
    assert f"{model}/config.json, class: is no Domains" in result.stderr
    fewer = read_spatial(tissues[1])[:, :100]
    fewer.write_h5ad(tmp_path / "fewer.h5ad")
    result = run("denoise", tmp_path / "fewer.h5ad", "-o", output, "--model", model)
    assert result.exit_code == 2
    assert "fewer.h5ad, var: no such genes: " in result.stderr
    assert not output.exists()


def test_domains_need_a_number_or_a_model(run, tissues, tmp_path):
    result = run("domains", tissues[0], "-o", tmp_path / "out.h5ad")
    assert result.exit_code == 2
    assert "--n-domains: missing. Give a number, auto, or a --model." in result.stderr
