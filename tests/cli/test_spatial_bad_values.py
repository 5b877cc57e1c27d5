"""Tables that the methods themselves meet: every verb is the real one, its training is cut."""

from functools import partial

import h5py
import numpy as np
import pandas as pd
import pytest
from anndata import AnnData
from scipy import sparse

from graphkit.methods.darlc import DARLCParams
from graphkit.methods.spot_denoiser import DenoiserParams
from graphkit.omics import read_spatial

VERBS = {
    "denoise": [],
    "domains": ["--n-domains", "2", "--members", "2"],
    "modules": ["--n-modules", "2"],
    "rank-genes": ["--groupby", "layer"],
}
# The counts of all verbs come from one function: two of them are enough on most days.
SOME_SLOW = [
    "denoise",
    "rank-genes",
    pytest.param("domains", marks=pytest.mark.slow),
    pytest.param("modules", marks=pytest.mark.slow),
]
# A Visium array of 60 spots, turned by this, has no row along an axis any more.
ANGLE = 0.7


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    denoiser = partial(DenoiserParams, steps=3, min_epochs=1, members=1)
    monkeypatch.setattr("graphkit.tasks.denoise.denoiser.DenoiserParams", denoiser)
    monkeypatch.setattr("graphkit.tasks.modules.estimator.DenoiserParams", denoiser)
    darlc = partial(
        DARLCParams, n_components=4, patch=2, width=8, heads=2, epochs=1, warm_up=0, members=4
    )
    monkeypatch.setattr("graphkit.tasks.modules.estimator.DARLCParams", darlc)


@pytest.fixture
def one_slide(tissue_file):
    """Write the first slide, changed by a function of it."""

    def one_slide(change=lambda _: None, name="in.h5ad"):
        def only(adata):
            adata = adata[adata.obs["slide"] == "slide1"].copy()
            changed = change(adata)
            return adata if changed is None else changed

        return tissue_file(only, name)

    return one_slide


@pytest.fixture
def attempt(run, tmp_path):
    """Run a verb; return its exit status, what it said, and the file it wrote."""

    def attempt(verb, source, *options, name="out"):
        output = tmp_path / (name + (".tsv" if verb == "rank-genes" else ".h5ad"))
        result = run(verb, source, "-o", output, *VERBS[verb], "--device", "cpu", *options)
        assert result.exception is None or isinstance(result.exception, SystemExit)
        assert "Traceback" not in result.stderr
        return result.exit_code, result.stderr, output

    return attempt


def numbers(path):
    """Return every number that a verb wrote."""
    if path.suffix == ".tsv":
        return pd.read_csv(path, sep="\t").select_dtypes("number").to_numpy()
    adata = read_spatial(path)
    if "denoised" in adata.layers:
        return adata.layers["denoised"]
    if "X_domain" in adata.obsm:
        return adata.obsm["X_domain"]
    return adata.varm["gene_module_probability"][~np.isnan(adata.varm["X_gene_module"][:, 0])]


def put(value, dtype=np.float64):
    def change(adata):
        counts = adata.X.toarray().astype(dtype)
        counts[3, 2] = value
        adata.X = counts

    return change


def logged(adata):
    adata.layers["raw umi"] = adata.X.copy()
    adata.X = adata.X.log1p()


def zeros(adata):
    adata.X = sparse.csr_matrix(adata.shape, dtype=np.float32)


COUNTS = "Give raw counts: whole numbers as the sequencer or the microscope gave them."
WHERE = "(spot {spot}, gene {gene})"
NO_COUNTS = {
    "negative": (put(-1), f"X: negative value -1, so no raw counts {WHERE}. {COUNTS}"),
    "NaN": (put(np.nan), f"X: missing or infinite value nan {WHERE}. {COUNTS}"),
    "infinite": (put(np.inf), f"X: missing or infinite value inf {WHERE}. {COUNTS}"),
    "fraction": (
        put(0.5),
        f"X: 0.5 is no whole number, so no raw counts (normalised already?) {WHERE}",
    ),
    "int64": (put(2**63 - 1, np.int64), "X: 9223372036854775807 is larger than any count can be"),
    "past float64": (put(2**53 + 1, np.int64), "X: 9007199254740993 is larger than any count can"),
    "log": (logged, "Raw counts are in layers['raw umi']: give --layer 'raw umi'."),
    "zeros": (zeros, f"X: every count is zero. {COUNTS}"),
}


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("case", NO_COUNTS)
def test_values_that_are_no_counts_are_refused(
    attempt, one_slide, small_tissue, tmp_path, case, verb
):
    change, message = NO_COUNTS[case]
    status, stderr, _ = attempt(verb, one_slide(change))
    assert status == 2
    assert "in.h5ad, X: " in stderr
    names = {"spot": small_tissue.obs_names[3], "gene": small_tissue.var_names[2]}
    assert message.format(**names) in stderr
    assert stderr.count("Error:") == 1
    assert {path.name for path in tmp_path.iterdir()} == {"in.h5ad"}


@pytest.mark.parametrize("verb", VERBS)
def test_values_that_are_no_numbers_are_refused(attempt, one_slide, tmp_path, verb):
    source = one_slide(
        lambda adata: AnnData(adata.X.toarray(), adata.obs, adata.var, obsm=adata.obsm)
    )
    with h5py.File(source, "r+") as file:
        del file["X"]
        words = np.full((60, 250), "many", dtype=object)
        file.create_dataset("X", data=words, dtype=h5py.string_dtype())
        file["X"].attrs.update({"encoding-type": "string-array", "encoding-version": "0.2.0"})
    status, stderr, _ = attempt(verb, source)
    assert status == 2
    assert "in.h5ad, X: holds objects that are no numbers" in stderr
    assert "Store numbers." in stderr
    assert {path.name for path in tmp_path.iterdir()} == {"in.h5ad"}


STORAGES = {
    "csc": lambda x: x.tocsc(),
    "int64": lambda x: x.toarray().astype(np.int64),
    "float64": lambda x: x.astype(np.float64),
    "text": lambda x: x.toarray().astype(int).astype(str),
    "stored zeros": lambda x: sparse.csr_matrix(
        (np.r_[x.data, 0.0], np.r_[x.indices, 249], np.r_[x.indptr[:-1], x.nnz + 1]), shape=x.shape
    ),
}


@pytest.mark.parametrize("verb", SOME_SLOW)
def test_storage_does_not_matter(attempt, one_slide, verb):
    status, stderr, expected = attempt(verb, one_slide(), name="expected")
    assert status == 0, stderr
    for name, stored in STORAGES.items():

        def store(adata, stored=stored):
            adata.X = stored(adata.X)

        status, stderr, found = attempt(verb, one_slide(store))
        assert status == 0, (name, stderr)
        # Equal but for the order of sums, which follows where in memory the rows begin.
        np.testing.assert_allclose(
            numbers(found), numbers(expected), rtol=1e-3, atol=1e-5, err_msg=name
        )


@pytest.mark.parametrize(
    ("verb", "message"),
    [
        ("denoise", "X: fewer than two spots have counts. Give a slide of spots."),
        ("domains", "--n-domains: 2 domains for 1 spots. Choose 1 to the number of spots"),
        ("modules", "--n-modules: 0 genes for 2 modules of at least 5. Keep more genes"),
        ("rank-genes", "obs['layer']: 1 domain. A ranking needs at least two to compare."),
    ],
)
def test_one_spot_is_refused(attempt, one_slide, tmp_path, verb, message):
    status, stderr, _ = attempt(verb, one_slide(lambda adata: adata[:1].copy()))
    assert status == 2
    assert f"in.h5ad, {message}" in stderr
    assert {path.name for path in tmp_path.iterdir()} == {"in.h5ad"}


@pytest.mark.parametrize(("verb", "asked"), [("denoise", 18), ("domains", None), ("rank-genes", 6)])
def test_more_neighbours_than_spots_are_cut(attempt, one_slide, verb, asked):
    def few(adata):
        adata = adata[:5].copy()
        adata.obs["layer"] = pd.Categorical(["a", "b", "a", "b", "a"])
        return adata

    status, stderr, output = attempt(verb, one_slide(few))
    assert status == 0, stderr
    # Domains try several numbers of neighbours, of which those that there are remain.
    cut = f"Warning: n_neighbors = {asked} cut to 4: the slide has 5 spots"
    assert (cut in stderr) == (asked is not None)
    assert np.isfinite(numbers(output)).all()


@pytest.mark.parametrize("verb", VERBS)
def test_a_spot_far_away_and_a_slide_of_one_spot_give_numbers(attempt, one_slide, verb):
    def far(adata):
        adata.obsm["spatial"][0] = 1e7

    def alone(adata):
        adata.obs["slide"] = ["b", *["a"] * 59]

    status, stderr, output = attempt(verb, one_slide(far))
    assert status == 0, stderr
    assert np.isfinite(numbers(output)).all()
    status, stderr, output = attempt(verb, one_slide(alone), "--library-key", "slide")
    assert status == 0, stderr
    assert "cut to 0: the slide has 1 spots" in stderr
    assert np.isfinite(numbers(output)).all()


@pytest.mark.parametrize("verb", VERBS)
def test_spots_and_genes_without_counts_give_numbers(attempt, one_slide, verb):
    def empty(adata):
        counts = adata.X.toarray()
        counts[:4], counts[:, :3] = 0, 0
        adata.X = counts

    status, stderr, output = attempt(verb, one_slide(empty))
    assert status == 0, stderr
    assert np.isfinite(numbers(output)).all()


def moved(adata):
    adata.obsm["spatial"] = adata.obsm["spatial"] * 1e-3 + [17.0, -400.0]


def turned(adata):
    turn = np.array([[np.cos(ANGLE), -np.sin(ANGLE)], [np.sin(ANGLE), np.cos(ANGLE)]])
    adata.obsm["spatial"] = adata.obsm["spatial"] @ turn.T * [1.0, -1.0] - 5.0


@pytest.mark.parametrize(
    ("verb", "change"),
    [
        *((verb, moved) for verb in VERBS),
        # Images of genes are pictures on a grid, which turns with nothing.
        *((verb, turned) for verb in VERBS if verb != "modules"),
    ],
)
def test_frame_and_unit_do_not_matter(attempt, one_slide, verb, change):
    _, _, expected = attempt(verb, one_slide(), name="expected")
    status, stderr, found = attempt(verb, one_slide(change))
    assert status == 0, stderr
    np.testing.assert_allclose(numbers(found), numbers(expected), rtol=1e-4, atol=1e-5)


def test_the_order_of_spots_does_not_matter_to_what_is_fitted_exactly(attempt, one_slide):
    def shuffled(adata):
        return adata[np.random.default_rng(0).permutation(adata.n_obs)].copy()

    tables = []
    for change in (lambda _: None, shuffled):
        status, stderr, path = attempt("rank-genes", one_slide(change))
        assert status == 0, stderr
        tables.append(pd.read_csv(path, sep="\t").sort_values(["group", "gene"]))
    one, two = (table.set_index(["group", "gene"]).drop(columns="rank") for table in tables)
    pd.testing.assert_frame_equal(one, two, rtol=1e-3, atol=1e-4)
