import warnings

import anndata
import pytest

SEQUENCE = "ACGGUGCUAGCAUUGACUAGGCUAAUCGCAUCUUUAUUUAGCGC" * 3
TEXT = "".join(f">r{i}\n{SEQUENCE[i:]}\n" for i in range(20)) + ">bad\nNN\n"


@pytest.fixture
def embed(run, fasta, tiny, tmp_path):
    def embed(text, *more):
        source = fasta(text)
        return run("embed", source, "-o", tmp_path / "x.h5ad", "--model", tiny, *more)

    return embed


def test_scanpy_reads_what_is_written(embed, tmp_path):
    genes = tmp_path / "genes.tsv"
    genes.write_text("r0\tG1\tMALAT1\n")
    result = embed(TEXT, "--gene-map", genes)
    assert result.exit_code == 0, result.stderr
    assert "1 records cannot be read and were left out" in result.stderr
    adata = anndata.read_h5ad(tmp_path / "x.h5ad")
    assert list(adata.obs_names) == [f"r{i}" for i in range(20)]
    assert list(adata.obs["symbol"])[:1] == ["MALAT1"]
    assert adata.obs["symbol"].isna().sum() == 19
    assert {"label", "p_Nucleus", "p_Cytoplasm", "warnings"} <= set(adata.obs)
    told = adata.uns["graphkit"]["embed"]
    assert (told["verb"], told["input"]) == ("embed", "x.fa")
    assert len(told["model_sha256"]) == 64
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import scanpy

        scanpy.pp.neighbors(adata, use_rep="X", n_neighbors=5)
    assert adata.obsp["connectivities"].shape == (20, 20)


def test_transcripts_of_several_files(run, fasta, tiny, tmp_path):
    files = [fasta(TEXT, "a.fa"), fasta(TEXT, "b.fa")]
    result = run("embed", *files, "-o", tmp_path / "x.h5ad", "--model", tiny)
    assert result.exit_code == 0, result.stderr
    adata = anndata.read_h5ad(tmp_path / "x.h5ad")
    assert list(adata.obs["file"]) == [str(file) for file in files for _ in range(20)]
    assert adata.obs_names.is_unique


def test_refusals(embed, run, fasta, tmp_path):
    assert "not_predicted: too few valid k-mers" in embed(">bad\nNN\n").stderr
    failed = embed(TEXT, "--on-error", "fail")
    assert failed.exit_code == 2
    assert "record bad" in failed.stderr
    other = run("embed", fasta(TEXT), "-o", tmp_path / "x.csv")
    assert other.exit_code == 2
    assert "Call it x.h5ad." in other.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["x.fa"]
