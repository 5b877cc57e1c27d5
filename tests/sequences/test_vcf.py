"""Variants of a genome, lifted to transcripts of both strands."""

import gzip

import numpy as np
import pytest

from graphkit.errors import InputError
from graphkit.sequences import Genome, LiftedVariants, encode, read_spliced
from graphkit.sequences.genome import read_annotation
from graphkit.sequences.vcf import is_vcf

CHROMOSOME = "".join(np.random.default_rng(0).choice(list("ACGT"), 400))
SPANS = {"p": ("+", ((10, 60), (100, 180))), "m": ("-", ((150, 200), (250, 300)))}
HEAD = "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\n"


def other(letter):
    return "ACGT"[("ACGT".index(letter) + 1) % 4]


def line(position, ref=None, alt=None, chrom="1"):
    ref = CHROMOSOME[position - 1] if ref is None else ref
    return f"{chrom}\t{position}\t.\t{ref}\t{other(ref[:1]) if alt is None else alt}\t.\n"


@pytest.fixture
def files(tmp_path):
    genome, gtf = tmp_path / "g.fa", tmp_path / "a.gtf"
    genome.write_text(f">chr1\n{CHROMOSOME}\n")
    gtf.write_text("".join(
        f'chr1\tx\texon\t{start + 1}\t{end}\t.\t{strand}\t.\ttranscript_id "{name}";\n'
        for name, (strand, spans) in SPANS.items() for start, end in spans
    ))  # fmt: skip
    return genome, gtf


@pytest.fixture
def lift(files, tmp_path):
    genome, gtf = files

    def lift(text, *, looked_up=True):
        path = tmp_path / "v.vcf"
        path.write_text(HEAD + text)
        letters = Genome(genome) if looked_up else None
        return LiftedVariants(path, read_annotation(gtf), genome=letters)

    return lift


@pytest.fixture
def records(files):
    genome, gtf = files
    return {record.id: record for record in read_spliced(gtf, genome)}


def test_every_position_of_both_strands(lift, records):
    """By hand: change the genome, splice anew."""
    table = lift("".join(line(position) for position in range(1, 401)))
    for name, (strand, spans) in SPANS.items():
        found = table.of(records[name])
        assert len(found) == len(records[name].sequence)
        for one in found:
            assert one.problem(encode(records[name].sequence)) == ""
            position = int(one.name.split(":")[1][:-3])
            edited = list(CHROMOSOME)
            edited[position - 1] = one.name[-1]
            spliced = "".join("".join(edited[start:end]) for start, end in spans)
            if strand == "-":
                spliced = spliced[::-1].translate(str.maketrans("ACGT", "TGCA"))
            made = list(records[name].sequence)
            made[one.position - 1] = one.alt.replace("U", "T")
            assert "".join(made) == spliced
    assert table.missing() == []
    (told,) = table.refused()
    assert told == "200 variants lie in no exon of the annotation"


def test_what_is_no_single_letter_is_named_and_the_rest_is_lifted(lift, records):
    text = line(20) + line(21, ref=CHROMOSOME[20:22], alt="A") + line(22, alt="<DEL>")
    text += line(23, alt="*") + line(24, alt="A,C,G,T")
    table = lift(text)
    assert len(table) == 5  # one of the four alleles is the reference
    (told,) = table.refused()
    assert told.startswith(f"3 variants not lifted: 1:21{CHROMOSOME[20:22]}>A (not one letter for")
    reasons = [one.problem(encode(records["p"].sequence)) for one in table.of(records["p"])]
    assert sorted(reasons) == ["", "", "", "", "ref and alt are one letter"]


def test_ref_is_looked_up_in_the_genome(lift):
    wrong = line(20, ref=other(CHROMOSOME[19]))
    (told,) = lift(wrong + line(30)).refused()
    assert f"(the genome has {CHROMOSOME[19]} there)" in told
    assert list(lift(wrong + line(30), looked_up=False).refused()) == []
    with pytest.raises(InputError, match=r"at 1 of 1 places in exons, the first 1:20.*genome has"):
        lift(wrong)


def test_variants_of_another_assembly_are_refused(lift, records):
    wrong = "".join(line(position, ref=other(CHROMOSOME[position - 1])) for position in (20, 21))
    said = r"REF is another letter at 2 of 3 places in exons, the first 1:20\w>\w .*one assembly"
    with pytest.raises(InputError, match=said):
        lift(wrong + line(30))
    assert len(lift(wrong + line(30) + line(31))) == 2
    # Without a genome the transcripts tell, when all have passed.
    table = lift(wrong + line(30), looked_up=False)
    assert len(table.of(records["p"])) == 3
    with pytest.raises(InputError, match=said):
        table.missing()
    table = lift(wrong + line(30) + line(31), looked_up=False)
    table.of(records["p"])
    assert table.missing() == []


def test_many_refusals_are_one_line(lift):
    (told,) = lift(line(20) + "".join(line(p, alt="<X>") for p in range(21, 50))).refused()
    assert told.startswith("29 variants not lifted")
    assert told.count(">") == 2 * 10
    assert told.endswith(", ...")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no variant could be lifted: it is empty"),
        (line(70), "1 variants lie in no exon"),
        (line(20, chrom="NC_1.1"), "1 variants lie in no exon .*which has no sequence NC_1.1"),
        (line(20) + "1\tx\t.\tA\tC\n", "line 4: is no line of VCF"),
        (line(20) + "1 20 . A C\n", "line 4: is no line of VCF"),
    ],
)
def test_what_leaves_nothing_is_an_error(lift, text, reason):
    with pytest.raises(InputError, match=reason):
        lift(text)


def test_variants_of_no_record_are_an_error(lift, records):
    table = lift(line(20))
    assert table.of(records["m"]) == []
    with pytest.raises(InputError, match="none of its 1 variants in exons is in a record"):
        table.missing()


def test_a_vcf_is_known_by_its_first_line(tmp_path):
    path = tmp_path / "v.gz"
    for text, yes in (
        (HEAD, True),
        ("#CHROM\tPOS\n", True),
        ("id\tposition\n", False),
        ("", False),
    ):
        path.write_bytes(gzip.compress(text.encode()))
        assert is_vcf(path) == yes
    path.write_bytes(b"BCF\2\2\0\0")
    with pytest.raises(InputError, match="bcftools view"):
        is_vcf(path)
