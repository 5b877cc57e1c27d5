"""Genes of transcripts whose headers do not say them."""

import pytest

from graphkit.errors import InputError
from graphkit.sequences.genes import GeneMap
from graphkit.types import Record

GTF = """\
#!genome-build GRCh38
chr1\tx\tgene\t1\t9\t.\t+\t.\tgene_id "ENSG01.5"; gene_name "MALAT1";
chr1\tx\ttranscript\t1\t9\t.\t+\t.\tgene_id "ENSG01.5"; transcript_id "ENST01.2"; \
gene_name "MALAT1";
chr1\tx\texon\t1\t9\t.\t+\t.\tgene_id "ENSG01.5"; transcript_id "ENST01.2";
chr1\tx\texon\t1\t9\t.\t.\t.\ttranscript_id "STRG.7.1"; gene_id "G; 7";
chr1\tx\texon\t1\t9\t.\t+\t.\tgene_id "MALAT1"; transcript_id "NR_002819.4"; gene "MALAT1";
"""


def genes(path, *names, gtf=False):
    found = GeneMap(path, gtf=gtf)
    return [(one.gene, one.symbol) for one in found.add_to(Record(name, "A") for name in names)]


@pytest.mark.parametrize(
    "text",
    [
        "ENST01\tENSG01\tMALAT1\nx\ty\tz\n",
        "transcript_id,gene_id,gene_name\nENST01.2,ENSG01,MALAT1\n",
        "Gene stable ID;Gene name;Transcript stable ID version\nENSG01;MALAT1;ENST01.2\n",
        '"TXNAME" "GENEID" "symbol"\n"1" "ENST01.7" "ENSG01" "MALAT1"\n',
        "target_id ens_gene ext_gene\nENST01 ENSG01 MALAT1\n",
    ],
)
def test_tables_as_they_are_found(tmp_path, text):
    path = tmp_path / "t2g.txt"
    path.write_text(text)
    expected = [("ENSG01", "MALAT1"), (None, None), ("ENSG01", "MALAT1")]
    assert genes(path, "ENST01.2", "other", "ENST01|Nucleus") == expected


@pytest.mark.parametrize("text", ["t1\tG1\n", "tx,gene\nt1,G1\n"])
def test_two_columns_and_what_the_header_says_stays(tmp_path, text):
    path = tmp_path / "t2g.tsv"
    path.write_text(text)
    (found,) = GeneMap(path).add_to([Record("t1", "A", gene="old", symbol="S")])
    assert (found.gene, found.symbol) == ("G1", "S")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("ENST01.2", ("ENSG01.5", "MALAT1")),
        ("ENST01.9", ("ENSG01.5", "MALAT1")),
        ("ENST01", ("ENSG01.5", "MALAT1")),
        ("transcript:ENST01.2", ("ENSG01.5", "MALAT1")),
        ("STRG.7.1", ("G; 7", None)),
        ("hg38_refGene_NR_002819", ("MALAT1", None)),
    ],
)
def test_a_gtf_gives_genes(tmp_path, name, expected):
    path = tmp_path / "a.gtf"
    path.write_text(GTF)
    assert genes(path, name, gtf=True) == [expected]


@pytest.mark.parametrize("gtf", [True, False])
def test_none_of_the_transcripts_is_an_error_naming_both_sides(tmp_path, gtf):
    path = tmp_path / "genes"
    path.write_text(GTF if gtf else "ENST01.2\tENSG01\n")
    with pytest.raises(InputError, match=r"ENST01\.2.*the input has NR_1, NR_2"):
        genes(path, "NR_1", "NR_2", gtf=gtf)


@pytest.mark.parametrize(
    ("text", "gtf", "message"),
    [
        ("", False, "names no gene"),
        ("t1\n", False, "line 1: names no gene"),
        ("tx,gene\nt1,\n", False, "line 2: names no gene"),
        (GTF.replace("gene_id", "gen"), True, "holds no gene of a transcript"),
        (">a\nACGU\n", True, "line 1: FASTA, not GTF"),
        ("##gff-version 3\n", True, "line 1: GFF3, not GTF"),
    ],
)
def test_maps_that_are_none(tmp_path, text, gtf, message):
    path = tmp_path / "genes"
    path.write_text(text)
    with pytest.raises(InputError, match=message):
        GeneMap(path, gtf=gtf)
