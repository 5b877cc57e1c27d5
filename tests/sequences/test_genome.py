"""Stretches of a genome against its text, and transcripts against splicing by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphkit.errors import InputError
from graphkit.sequences import Genome, read_spliced
from graphkit.sequences.coordinates import Exons
from graphkit.sequences.genome import is_annotation, read_annotation

ONE = "".join(np.random.default_rng(0).choice(list("ACGTacgtN"), 250))
TWO = "ACGTTGCA" * 10
GTF = "".join(
    f'chr1\tx\texon\t{start + 1}\t{end}\t.\t{strand}\t.\tgene_id "g{name}"; transcript_id "{name}";'
    ' gene_name "X";\n'
    for name, strand, spans in (("p", "+", ((10, 40), (90, 161))), ("m", "-", ((5, 60), (70, 75))))
    for start, end in spans
)
BED = "chr1\t10\t161\tp\t0\t+\t0\t0\t0\t2\t30,71,\t0,80,\n"


def wrapped(letters, width, end="\n"):
    return end.join(letters[i : i + width] for i in range(0, len(letters), width))


@pytest.fixture(scope="module", params=[("\n", "\n"), ("\r\n", "\r\n"), ("\n", "")])
def genome(request, tmp_path_factory):
    end, last = request.param
    path = tmp_path_factory.mktemp("genome") / "g.fa"
    text = f">chr1 first{end}{wrapped(ONE, 60, end)}{end}>empty{end}>2{end}{wrapped(TWO, 11, end)}"
    path.write_bytes((text + last).encode())
    return Genome(path)


@given(data=st.data())
def test_a_stretch_is_that_of_the_text(genome, data):
    name, whole = data.draw(st.sampled_from([("chr1", ONE), ("1", ONE), ("chr2", TWO)]))
    start = data.draw(st.integers(0, len(whole)))
    end = data.draw(st.integers(start, len(whole)))
    assert genome.letters(name, start, end) == whole[start:end]


def test_what_the_genome_lacks_is_named(genome):
    with pytest.raises(InputError, match="has no sequence chr3; it has chr1, empty, 2"):
        genome.letters("chr3", 0, 1)
    with pytest.raises(InputError, match="record 1: ends before 251"):
        genome.letters("1", 0, 251)
    with pytest.raises(InputError, match="ends before 1"):
        genome.letters("empty", 0, 1)


def test_a_name_is_taken_as_it_stands_first(tmp_path):
    path = tmp_path / "g.fa"
    path.write_text(">chrM\nAAAA\n>chrMT\nCCCC\n>2\nGGGG\n")
    found = Genome(path)
    names = ("chrM", "chrMT", "MT", "chr2")
    assert [found.letters(name, 0, 2) for name in names] == ["AA", "CC", "AA", "GG"]
    path.write_text(">2 a\nAAAA\n>2 b\nCCCC\n")
    with pytest.raises(InputError, match="record 2: has two sequences of this name"):
        Genome(path)


def test_exons_are_spliced_from_the_five_prime_end(genome):
    spans = ((3, 20), (100, 130))
    forward = ONE[3:20] + ONE[100:130]
    assert genome.splice(Exons("t", "chr1", "+", spans)) == forward
    turned = forward[::-1].translate(str.maketrans("ACGTacgt", "TGCAtgca"))
    assert genome.splice(Exons("t", "chr1", "-", spans)) == turned


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "cannot be read as a genome"),
        (b"ACGT\n", "is no FASTA"),
        (b"\x1f\x8b\x08\0", r"is packed: .*gzip -dc \S+g.fa > genome.fa"),
    ],
)
def test_what_is_no_genome_says_why(tmp_path, content, reason):
    path = tmp_path / "g.fa"
    path.write_bytes(content)
    with pytest.raises(InputError, match=reason):
        Genome(path)
    with pytest.raises(InputError, match="cannot be read as a genome"):
        Genome(tmp_path / "absent.fa")


def test_lines_of_different_lengths_are_refused(tmp_path):
    path = tmp_path / "g.fa"
    path.write_text(">1\nACGT\nACG\nACGTA\nAC\n")
    with pytest.raises(InputError, match=r"lines of different lengths\. .*seqkit"):
        Genome(path).letters("1", 2, 9)


@pytest.mark.parametrize(
    ("text", "name"),
    [(GTF, "a.gtf"), ("track\n" + BED, "a.bed"), (BED.replace("\t", " "), "a.bed")],
)
def test_transcripts_of_gtf_and_bed12(genome, tmp_path, text, name):
    path = tmp_path / name
    path.write_text(text)
    assert is_annotation(path)
    first, *others = read_spliced(path, genome.path)
    assert (first.id, first.sequence) == ("p", ONE[10:40] + ONE[90:161])
    if others:
        assert (first.gene, first.symbol) == ("gp", "X")
        assert len(others[0].sequence) == 60
    assert len(read_annotation(path, wanted=["p"])) == 1


def test_a_transcript_that_cannot_be_spliced_is_a_record_with_a_problem(genome, tmp_path):
    path = tmp_path / "a.gtf"
    path.write_text(GTF.replace("\t-\t", "\t.\t"))
    good, bad = read_spliced(path, genome.path)
    assert good.problem is None
    assert (bad.id, bad.sequence) == ("m", "")
    assert bad.problem == "has no strand in the annotation"


def test_a_scaffold_that_the_genome_lacks_costs_its_transcripts_alone(genome, tmp_path):
    path = tmp_path / "a.gtf"
    path.write_text(GTF.replace("chr1", "KI270728.1", 1).replace("chr1", "KI270728.1", 1))
    lost, found = read_spliced(path, genome.path)
    assert (lost.id, lost.problem) == ("p", "the genome has no sequence KI270728.1")
    assert (found.id, len(found.sequence)) == ("m", 60)
    path.write_text(GTF.replace("chr1", "NC_000001.11"))
    with pytest.raises(InputError, match=r"has no sequence NC_000001.11; it has chr1, empty, 2"):
        list(read_spliced(path, genome.path))


@pytest.mark.parametrize("text", [">a\tb\tc\td\te\tf\tg\th\ti\nACGT\n", "ACGT\n", "a\tACGT\n", ""])
def test_sequences_are_no_annotation(tmp_path, text):
    path = tmp_path / "a"
    path.write_text(text)
    assert not is_annotation(path)
    assert not is_annotation("-")
    assert not is_annotation(tmp_path / "absent")
