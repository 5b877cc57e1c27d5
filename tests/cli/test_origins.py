"""Every result says how it was made: beside a table, in an AnnData, at the foot of a page."""

import json
import re

import anndata
import pytest

import graphkit.pretrained
from graphkit import __version__
from graphkit.datasets import SimulationParams, simulate_transcripts

FAST = ("--steps", 4, "--threads", 1)
SPATIAL = {"denoise": "denoised", "domains": "domain", "modules": "gene_module"}
SIZES = {"domains": ("--n-domains", 3, "--members", 2), "modules": ("--n-modules", 3)}
SHA256 = re.compile(r"[0-9a-f]{64}")


@pytest.fixture
def labelled(fasta):
    params = SimulationParams(n_transcripts=24, length=(150, 200))
    each = simulate_transcripts(params, seed=0)
    return fasta("".join(f">{one.record.header}\n{one.record.sequence}\n" for one in each))


@pytest.fixture
def made(run, tmp_path):
    """Run a command; return what a file, or a part of it, says of how it was made."""

    def made(*arguments, file, inside=()):
        result = run(*arguments)
        assert result.exit_code == 0, result.stderr
        said = json.loads(result.stdout if file is None else (tmp_path / file).read_text())
        for name in inside:
            said = said[name]
        return said

    return made


def check(said, *, verb, source, seed=0, model=False, page=None):
    assert said["verb"] == verb
    assert said.get("input") == source
    assert said.get("seed") == seed
    assert said["params"]
    assert said["versions"]["graphkit"] == __version__
    assert bool(SHA256.fullmatch(said.get("model_sha256", ""))) == model
    if page is not None:
        text = page.read_text("utf-8")
        foot = text[text.index("<footer>") :]
        for words in (verb, source, f"graphkit {__version__}", said.get("model_sha256", "")):
            assert words in foot


def test_localize(made, labelled, tiny, tmp_path):
    where, page = tmp_path / "where.tsv", tmp_path / "where.html"
    command = ("localize", labelled, "-o", where, "--report", page, "--model", tiny)
    said = made(*command, "--uncertain", 0.7, file="where.tsv.json")
    check(said, verb="localize", source="x.fa", seed=None, model=True, page=page)
    assert said["params"] == {
        "by_gene": False,
        "model": str(tiny),
        "uncertain": 0.7,
        "on_error": "skip",
    }
    assert where.read_text().startswith("id\t")


@pytest.mark.parametrize("output", [(), ("-o", "/dev/null")])
def test_nothing_stands_beside_a_stream(output, run, labelled, tiny, tmp_path):
    before = sorted(tmp_path.iterdir())
    result = run("localize", labelled, "--model", tiny, *output)
    assert result.exit_code == 0
    assert "sha256" not in result.stdout
    assert sorted(tmp_path.iterdir()) == before


def test_explain(made, labelled, tiny, tmp_path):
    out = tmp_path / "why"
    command = ("explain", labelled, "-o", out, "--model", tiny, *FAST, "--tracks", 0)
    said = made(*command, file="why/explanation.json", inside=["made"])
    check(said, verb="explain", source="x.fa", model=True, page=out / "index.html")


def test_motifs(made, labelled, tiny, tmp_path):
    out = tmp_path / "elements"
    command = ("motifs", labelled, "-o", out, "--model", tiny, *FAST, "--seed", 3)
    said = made(*command, file="elements/motifs.tsv.json")
    check(said, verb="motifs", source="x.fa", seed=3, model=True, page=out / "index.html")


def test_evaluate(made, labelled, tiny, tmp_path):
    page = tmp_path / "good.html"
    command = ("evaluate", labelled, "--model", tiny, "--json", "--report", page)
    said = made(*command, file=None, inside=["made"])
    check(said, verb="evaluate", source="x.fa", seed=None, model=True, page=page)


def test_crossval(made, labelled, tmp_path):
    page = tmp_path / "learned.html"
    sizes = ("--folds", 2, "--members", 2, "--epochs", 1, "--k", 3, "--method", "sgcl-lncloc")
    command = ("crossval", labelled, "--json", "--report", page, *sizes, "--seed", 1)
    said = made(*command, file=None, inside=["made"])
    check(said, verb="crossval", source="x.fa", seed=1, page=page)


def test_train(made, labelled, tmp_path):
    sizes = ("--members", 2, "--epochs", 1, "--k", 3, "--method", "sgcl-lncloc", "--threads", 1)
    command = ("train", labelled, "-o", tmp_path / "model", *sizes, "--seed", 1)
    said = made(*command, file="model/model.safetensors.json")
    check(said, verb="train", source="x.fa", seed=1, model=True)
    assert said["model_sha256"] == graphkit.pretrained.sha256(tmp_path / "model")
    assert said["params"]["epochs"] == 1
    graphkit.load(tmp_path / "model")


@pytest.mark.parametrize("verb", SPATIAL)
@pytest.mark.usefixtures("quick")
def test_verbs_for_spots(verb, run, tissue_file, tmp_path):
    source, model, key = tissue_file(), tmp_path / "model", SPATIAL[verb]
    name = verb if verb == "denoise" else f"find_{verb}"
    digests = []
    for number, options in enumerate((
        (*SIZES.get(verb, ()), "--seed", 2),
        (*SIZES.get(verb, ()), "--seed", 2, "--save-model", model),
        ("--model", model),
    )):  # fmt: skip
        output = tmp_path / f"out{number}.h5ad"
        result = run(verb, source, "-o", output, "--library-key", "slide", *options)
        assert result.exit_code == 0, result.stderr
        said = anndata.read_h5ad(output).uns["graphkit"][key]
        check(said, verb=name, source="in.h5ad", seed=2, model=number > 0)
        assert said["params"]["library_key"] == "slide"
        digests.append(said.get("model_sha256"))
    assert digests[1] == digests[2]


def test_rank_genes(made, tissue_file, tmp_path):
    options = ("--groupby", "layer", "--library-key", "slide", "--top", 2)
    command = ("rank-genes", tissue_file(), "-o", tmp_path / "genes.tsv", *options)
    said = made(*command, file="genes.tsv.json")
    check(said, verb="rank-genes", source="in.h5ad")
    assert said["params"]["groupby"] == "layer"


def test_simulate(made, run, tmp_path):
    command = ("simulate", "transcripts", "-o", tmp_path / "x.fa", "--sites", tmp_path / "x.bed")
    said = made(*command, "--number", 4, "--seed", 7, file="x.bed.json")
    check(said, verb="simulate transcripts", source=None, seed=7)
    assert run("simulate", "tissue", "-o", tmp_path / "x.h5ad", "--spots", 60).exit_code == 0
    said = anndata.read_h5ad(tmp_path / "x.h5ad").uns["graphkit"]["simulate"]
    check(said, verb="simulate tissue", source=None)
