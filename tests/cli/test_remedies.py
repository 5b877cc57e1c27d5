"""What a message advises is done, and the command succeeds."""

import re

import numpy as np
import pytest

SEQUENCE = "ACGGUGCUAGCAUUGACUAGGCUAAUCGCAUCUUUAUUUAGCGC" * 3
RANK = ["rank-genes", "IN", "--groupby", "layer", "--library-key", "slide", "--top", 1]
SLIDES = RANK[4:6]
OUT = ["-o", "out.h5ad", *SLIDES]


def logged(adata):
    adata.layers["raw umi"] = adata.X.copy()
    adata.X = adata.X.log1p()


def layered(adata):
    adata.layers["logged"] = adata.X.log1p()


def renamed(adata):
    adata.obsm["X_umap"] = np.zeros((adata.n_obs, 2))
    adata.obsm["centres"] = adata.obsm.pop("spatial")


def as_it_is(adata):
    del adata


def add(*options):
    """Add options; ``{}`` stands for what the message names."""
    return lambda command, found: [*command, *(str(o).format(*found.groups()) for o in options)]


def instead(option, value):
    """Give an option another value; None leaves it out."""

    def mend(command, found):
        place = command.index(option)
        new = [] if value is None else [option, value.format(*found.groups())]
        return [*command[:place], *new, *command[place + 2 :]]

    return mend


TISSUES = {
    "raw counts are in a layer": (
        (logged, RANK),
        "give --layer '(raw umi)'",
        add("--layer", "{}"),
    ),
    "raw counts are in X": (
        (layered, [*RANK, "--layer", "logged"]),
        "leave out --layer",
        instead("--layer", None),
    ),
    "no such layer": (
        (layered, [*RANK, "--layer", "umi"]),
        "There are: 'logged'",
        instead("--layer", None),
    ),
    "coordinates have another name, and a map is none": (
        (renamed, RANK),
        r"with --spatial-key; with 2 or 3 columns: (\w+)\.$",
        add("--spatial-key", "{}"),
    ),
    "no such slides": (
        (as_it_is, [*RANK, "--library-key", "sample"]),
        r"There are: .*\b(slide)\b",
        add("--library-key", "{}"),
    ),
    "no such domains": (
        (as_it_is, [*RANK, "--groupby", "domain"]),
        r"Choose one of: .*\b(layer)\b",
        add("--groupby", "{}"),
    ),
    "no such device": (
        (as_it_is, [*RANK, "--device", "cuda:77"]),
        r"Choose auto or one of: (cpu)",
        instead("--device", "{}"),
    ),
    "how many domains": (
        (as_it_is, ["domains", "IN", *OUT]),
        r"--n-domains: missing\. Give a number, (auto)",
        add("--n-domains", "{}"),
    ),
    "one domain": (
        (as_it_is, ["domains", "IN", *OUT, "--n-domains", 1]),
        r"Give (2) or more",
        instead("--n-domains", "{}"),
    ),
    "another ending": (
        (as_it_is, ["modules", "IN", "-o", "out.csv", *SLIDES]),
        r"Call it (out\.h5ad)\.",
        instead("-o", "{}"),
    ),
    "a misspelt gene": (
        (
            as_it_is,
            ["denoise", "IN", *OUT, "--genes", "layer1_0001"],
        ),
        r"Close to it: (\w+)",
        instead("--genes", "{}"),
    ),
    **{
        f"several slides, {command[0]}": (
            (as_it_is, command),
            r"with (--library-key) (slide)\.",
            add("{}", "{1}"),
        )
        for command in (["denoise", "IN", *OUT[:2]], ["modules", "IN", *OUT[:2]], RANK[:4])
    },
}


@pytest.mark.parametrize("name", TISSUES)
def test_a_remedy_for_a_tissue_works(name, run, tissue_file, spatial_fakes, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (change, command), pattern, mend = TISSUES[name]
    source = tissue_file(change)
    command = [source if part == "IN" else part for part in command]
    result = run(*command)
    assert result.exit_code == 2, result.stderr
    assert "adata" not in result.stderr
    assert "umap" not in result.stderr
    found = re.search(pattern, result.stderr.strip())
    assert found, result.stderr
    again = run(*mend(command, found))
    assert again.exit_code == 0, again.stderr
    assert spatial_fakes.calls or command[0] == "rank-genes"


TWO = f">a|Nucleus\n{SEQUENCE}\n>b|Cytoplasm\n{SEQUENCE[::-1]}\n"
MANY = "".join(f">r{i}|{('Nucleus', 'Cytoplasm')[i % 2]}\n{SEQUENCE[i:]}\n" for i in range(20))
SEQUENCES = {
    "no probability": (
        ("x.fa", ["localize", "IN", "--uncertain", 2]),
        "Give 0 to (1)",
        instead("--uncertain", "{}"),
    ),
    "no such model": (
        ("x.fa", ["localize", "IN", "--model", "lnclok"]),
        r"one of: (\w+)\.",
        instead("--model", "{}"),
    ),
    "the input would be overwritten": (
        ("x.fa", ["localize", "IN", "-o", "IN"]),
        "would overwrite the input. Choose another name",
        instead("-o", "where.tsv"),
    ),
    "results are there": (
        ("x.fa", ["explain", "IN", "-o", "why", "--steps", 4, "--tracks", 0]),
        r"add (--force)\.",
        add("{}"),
    ),
    "a class of another name": (
        ("x.fa", ["explain", "IN", "-o", "new", "--steps", 4, "--tracks", 0, "--class", "N"]),
        r"Choose one of \w+, (\w+)\.",
        instead("--class", "{}"),
    ),
    "a record without a label": (
        ("y.fa", ["evaluate", "IN"]),
        r"leave such records out with (--on-error) (skip)",
        add("{}", "{1}"),
    ),
    "labels of another name": (
        ("z.fa", ["evaluate", "IN"]),
        r"add (--map-labels) OLD=NEW",
        add("{}", "Nuc=Nucleus"),
    ),
}


@pytest.mark.parametrize("name", SEQUENCES)
def test_a_remedy_for_sequences_works(name, run, fasta, tiny, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (file, command), pattern, mend = SEQUENCES[name]
    text = {
        "x.fa": TWO,
        "y.fa": f"{MANY}>none\n{SEQUENCE}\n",
        "z.fa": MANY.replace("|Nucleus", "|Nuc"),
    }[file]
    source = fasta(text, file)
    (tmp_path / "why").mkdir()
    (tmp_path / "why" / "explanation.json").write_text("{}")
    command = [source if part == "IN" else part for part in command]
    if "--model" not in command:
        command += ["--model", tiny]
    result = run(*command)
    assert result.exit_code == 2, result.stderr
    assert "skip=" not in result.stderr
    assert "rename=" not in result.stderr
    found = re.search(pattern, result.stderr)
    assert found, result.stderr
    again = run(*mend(command, found))
    assert again.exit_code == 0, again.stderr
