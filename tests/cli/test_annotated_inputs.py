"""Commands that take a FASTA take a GTF or a BED12 with the genome as well."""

import json

import numpy as np
import pytest

CLASSES = ("Cytoplasm", "Nucleus")


@pytest.fixture
def inputs(tmp_path):
    """Write the same transcripts as FASTA, GTF and BED12, their genome and a table of labels."""
    generator = np.random.default_rng(0)
    names = [f"ENST{i:011}" for i in range(40)]
    letters = ["".join(generator.choice(list("ACGT"), 120)) for _ in names]
    starts = [10 + 150 * i for i in range(len(names))]
    pieces = (text + "N" * 30 for text in letters)
    exons = (
        f'1\tx\texon\t{start + a}\t{start + b}\t.\t+\t.\tgene_id "g"; transcript_id "{name}.1";\n'
        for name, start in zip(names, starts, strict=True)
        for a, b in ((1, 50), (51, 120))
    )
    blocks = (
        f"chr1\t{start}\t{start + 120}\t{name}.1\t0\t+\t0\t0\t0\t2\t50,70,\t0,50,\n"
        for name, start in zip(names, starts, strict=True)
    )
    texts = {
        "genome.fa": f">chr1 of 1\n{'N' * 10}{''.join(pieces)}\n",
        "fasta": "".join(f">{n}.1\n{text}\n" for n, text in zip(names, letters, strict=True)),
        "gtf": "".join(exons),
        "bed": "track name=x\n" + "".join(blocks),
        "labels.tsv": "".join(f"{name}\t{CLASSES[i % 2]}\n" for i, name in enumerate(names)),
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
    return tmp_path


@pytest.mark.parametrize("kind", ["gtf", "bed"])
@pytest.mark.parametrize("verb", ["nearest", "evaluate", "train", "crossval"])
def test_the_result_is_that_of_the_fasta(run, tiny, inputs, verb, kind):
    labels = ("--labels", inputs / "labels.tsv")
    small = ("--epochs", 1, "--k", 2, "--members", 2, "--threads", 1)

    def result(source, *genome):
        options = {
            "nearest": (inputs / "fasta", "--model", tiny, "-n", 2),
            "evaluate": (*labels, "--model", tiny, "--json"),
            "train": (*labels, *small, "-o", inputs / "model", "--force"),
            "crossval": (*labels, *small, "--folds", 2, "--json"),
        }[verb]
        found = run(verb, source, *options, *genome)
        assert found.exit_code == 0, found.stderr
        if verb == "train":
            return (inputs / "model" / "model.safetensors").read_bytes()
        if verb == "nearest":
            return found.stdout
        return json.loads(found.stdout)["tables"]

    assert result(inputs / kind, "--genome", inputs / "genome.fa") == result(inputs / "fasta")


@pytest.mark.parametrize("verb", ["nearest", "evaluate", "train", "crossval"])
def test_without_a_genome_it_says_what_to_add(run, tiny, inputs, verb):
    more = {"nearest": (inputs / "fasta", "--model", tiny), "train": ("-o", inputs / "model")}
    result = run(verb, inputs / "gtf", *more.get(verb, ()))
    assert result.exit_code == 2
    assert "--genome genome.fa" in result.stderr
    assert not (inputs / "model").exists()
