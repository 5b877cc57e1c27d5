"""Annotation as those who publish it write it, and records as their FASTA files name them.

Coordinates and names of one gene are real, DDX11L2 and DDX11L1 of GRCh38; lines were shortened.
"""

import io

import pytest

from graphkit.errors import InputError
from graphkit.sequences import read_fasta
from graphkit.sequences.gtf import read_gtf

SPANS = ((11868, 12227), (12612, 12721), (13220, 14409))  # ENST00000456328.2, 1,657 nt

GENCODE = """\
##description: evidence-based annotation of the human genome (GRCh38), version 44 (Ensembl 110)
##provider: GENCODE
##contact: gencode-help@ebi.ac.uk
##format: gtf
##date: 2023-03-01
chr1	HAVANA	gene	11869	14409	.	+	.	\
gene_id "ENSG00000290825.1"; gene_type "lncRNA"; \
gene_name "DDX11L2"; level 2; tag "overlaps_pseudogene";
chr1	HAVANA	transcript	11869	14409	.	+	.	gene_id "ENSG00000290825.1"; \
transcript_id "ENST00000456328.2"; gene_type "lncRNA"; gene_name "DDX11L2"; level 2; \
transcript_name "DDX11L2-202"; tag "basic"; tag "Ensembl_canonical";
chr1	HAVANA	exon	11869	12227	.	+	.	gene_id "ENSG00000290825.1"; \
transcript_id "ENST00000456328.2"; exon_number 1; exon_id "ENSE00002234944.1"; level 2;
chr1	HAVANA	exon	12613	12721	.	+	.	gene_id "ENSG00000290825.1"; \
transcript_id "ENST00000456328.2"; exon_number 2; exon_id "ENSE00003582793.1"; level 2;
chr1	HAVANA	exon	13221	14409	.	+	.	gene_id "ENSG00000290825.1"; \
transcript_id "ENST00000456328.2"; exon_number 3; exon_id "ENSE00002312635.1"; level 2;
chrY	HAVANA	exon	11	20	.	-	.	gene_id "ENSG00000002586.20_PAR_Y"; \
transcript_id "ENST00000381192.10_PAR_Y"; tag "PAR";
chrX	HAVANA	exon	31	40	.	-	.	gene_id "ENSG00000002586.20"; \
transcript_id "ENST00000381192.10"; tag "PAR";
"""
ENSEMBL = """\
#!genome-build GRCh38.p14
#!genome-version GRCh38
#!genome-date 2013-12
#!genome-build-accession GCA_000001405.29
#!genebuild-last-updated 2023-03
1	havana	gene	11869	14409	.	+	.	gene_id "ENSG00000290825"; gene_version "1"; \
gene_name "DDX11L2"; gene_source "havana"; gene_biotype "lncRNA";
1	havana	exon	11869	12227	.	+	.	gene_id "ENSG00000290825"; gene_version "1"; \
transcript_id "ENST00000456328"; transcript_version "2"; exon_number "1"; exon_version "1";
1	havana	exon	12613	12721	.	+	.	gene_id "ENSG00000290825"; gene_version "1"; \
transcript_id "ENST00000456328"; transcript_version "2"; exon_number "2"; exon_version "1";
1	havana	exon	13221	14409	.	+	.	gene_id "ENSG00000290825"; gene_version "1"; \
transcript_id "ENST00000456328"; transcript_version "2"; exon_number "3"; exon_version "1";
"""
REFSEQ = """\
#gtf-version 2.2
#!genome-build GRCh38.p14
#!genome-build-accession NCBI_Assembly:GCF_000001405.40
#!annotation-source NCBI RefSeq GCF_000001405.40-RS_2023_10
NC_000001.11	BestRefSeq	gene	11874	14409	.	+	.	\
gene_id "DDX11L1"; transcript_id ""; \
db_xref "GeneID:100287102"; description "DEAD/H-box helicase 11; (pseudogene)"; pseudo "true";
NC_000001.11	BestRefSeq	transcript	11874	14409	.	+	.	gene_id "DDX11L1"; \
transcript_id "NR_046018.2"; product "DEAD/H-box helicase 11"; transcript_biotype "transcript";
NC_000001.11	BestRefSeq	exon	11874	12227	.	+	.	gene_id "DDX11L1"; \
transcript_id "NR_046018.2"; product "a; transcript_id ""x"; exon_number "1";
NC_000001.11	BestRefSeq	exon	12613	12721	.	+	.	gene_id "DDX11L1"; \
transcript_id "NR_046018.2"; gene "DDX11L1"; exon_number "2";
NC_000001.11	BestRefSeq	exon	13221	14409	.	+	.	gene_id "DDX11L1"; \
transcript_id "NR_046018.2"; gene "DDX11L1"; exon_number "3";
NC_000024.10	BestRefSeq	exon	1	9	.	+	.	\
gene_id "CD99"; transcript_id "NR_046018.2_1";
NC_000002.12	Curated Genomic	exon	1	9	.	+	.	gene_id "IGKV4-1"; transcript_id "";
NC_000003.12	RefSeq	exon	1	9	.	?	.	\
gene_id "rps12"; transcript_id "unassigned_transcript_1";
###
""".replace(";\n", "; \n")  # NCBI ends its lines with a blank
UCSC = """\
chr1	refGene	transcript	11874	14409	.	+	.	\
gene_id "DDX11L1"; transcript_id "NR_046018";  \
gene_name "DDX11L1";
chr1	refGene	exon	11874	12227	.	+	.	\
gene_id "DDX11L1"; transcript_id "NR_046018"; \
exon_number "1"; exon_id "NR_046018.1"; gene_name "DDX11L1";
chr1	refGene	exon	12613	12721	.	+	.	\
gene_id "DDX11L1"; transcript_id "NR_046018"; \
exon_number "2"; exon_id "NR_046018.2"; gene_name "DDX11L1";
chr1	refGene	exon	13221	14409	.	+	.	\
gene_id "DDX11L1"; transcript_id "NR_046018"; \
exon_number "3"; exon_id "NR_046018.3"; gene_name "DDX11L1";
chr9	refGene	exon	5	9	.	+	.	\
gene_id "DDX11L1_dup1"; transcript_id "NR_046018_dup1";
"""
STRINGTIE = """\
# stringtie -o out.gtf in.bam
# StringTie version 2.2.1
chr1	StringTie	transcript	11869	14409	1000	.	.	\
gene_id "STRG.1"; transcript_id "STRG.1.1"; cov "3.1";
chr1	StringTie	exon	11869	14409	1000	.	.	\
gene_id "STRG.1"; transcript_id "STRG.1.1"; exon_number "1";
chr1	StringTie	exon	21	30	1000	-	.	\
gene_id "STRG.1"; transcript_id "STRG.1.2"; exon_number "1";
"""
GENCODE_NAME = (
    "ENST00000456328.2|ENSG00000290825.1|OTTHUMG00000002860.3|OTTHUMT00000362751.1"
    "|DDX11L2-202|DDX11L2|1657|lncRNA|"
)
ENSEMBL_NAME = (
    "ENST00000456328.2 ncrna chromosome:GRCh38:1:11869:14409:1 gene:ENSG00000290825.1 "
    "gene_biotype:lncRNA transcript_biotype:lncRNA gene_symbol:DDX11L2 description:DEAD/H-box"
)
REFSEQ_NAME = "NR_046018.2 Homo sapiens DEAD/H-box helicase 11 like 1 (DDX11L1), non-coding RNA"


def place(gtf, header, length, *, keep=True):
    records = list(
        read_fasta(io.BytesIO(f">{header}\n{'ACGU' * length}"[: len(header) + 2 + length].encode()))
    )
    wanted = [record.id for record in records] if keep else None
    return read_gtf(io.BytesIO(gtf.encode()), wanted=wanted).place(records[0])


@pytest.mark.parametrize("keep", [True, False], ids=["only wanted", "all"])
@pytest.mark.parametrize(
    "header",
    [
        GENCODE_NAME,
        GENCODE_NAME + "Nucleus",
        ENSEMBL_NAME,
        "ENST00000456328",
        "ENST00000456328.1",
        "ENST00000456328|Nucleus",
        "ENST00000456328.2|lncRNA|Cytoplasm",
    ],
)
@pytest.mark.parametrize(("gtf", "chromosome"), [(GENCODE, "chr1"), (ENSEMBL, "1")])
def test_gencode_and_ensembl(gtf, chromosome, header, keep):
    exons = place(gtf, header, 1657, keep=keep)
    assert (exons.chromosome, exons.strand, exons.spans) == (chromosome, "+", SPANS)


def test_the_copy_on_y_is_another_transcript():
    assert place(GENCODE, "ENST00000381192.10_PAR_Y", 10).chromosome == "chrY"
    assert place(GENCODE, "ENST00000381192.9", 10).chromosome == "chrX"


@pytest.mark.parametrize("keep", [True, False], ids=["only wanted", "all"])
@pytest.mark.parametrize("header", [REFSEQ_NAME, "NR_046018", "NR_046018.1", "NR_046018.2|Nucleus"])
@pytest.mark.parametrize(("gtf", "chromosome"), [(REFSEQ, "NC_000001.11"), (UCSC, "chr1")])
def test_refseq_from_ncbi_and_from_ucsc(gtf, chromosome, header, keep):
    exons = place(gtf, header, 1652, keep=keep)
    assert (exons.chromosome, exons.strand) == (chromosome, "+")
    assert exons.spans == ((11873, 12227), *SPANS[1:])


def test_a_transcript_with_a_tail_the_genome_lacks_is_not_placed():
    with pytest.raises(InputError, match=r"has 1,680 nt, its annotated exons 1,652\. Take"):
        place(REFSEQ, REFSEQ_NAME, 1680)


def test_stringtie_knows_no_strand_of_some():
    assert place(STRINGTIE, "STRG.1.2", 10).strand == "-"
    with pytest.raises(InputError, match=r"STRG\.1\.1: has no strand in the annotation"):
        place(STRINGTIE, "STRG.1.1", 2541)


GFF3_HEAD = "##gff-version 3\n#description: evidence-based annotation of the human genome\n"
GFF3 = """\
chr1	HAVANA	gene	11869	14409	.	+	.	\
ID=ENSG00000290825.1;gene_id=ENSG00000290825.1
chr1	HAVANA	exon	11869	12227	.	+	.	\
ID=exon:ENST00000456328.2:1;Parent=ENST00000456328.2;\
gene_id=ENSG00000290825.1;transcript_id=ENST00000456328.2;exon_number=1
"""
NCBI_GFF3 = """\
NC_000001.11	BestRefSeq	exon	11874	12227	.	+	.	\
ID=exon-NR_046018.2-1;Parent=rna-NR_046018.2;\
Dbxref=GeneID:100287102;gbkey=misc_RNA;transcript_id=NR_046018.2
"""


@pytest.mark.parametrize(
    ("text", "line"),
    [(GFF3_HEAD + GFF3, 1), (GFF3, 2), (NCBI_GFF3, 1), ("##gff-version   3.1.26\n", 1)],
)
def test_gff3_is_refused_with_the_way_out(text, line):
    with pytest.raises(InputError, match=r"GFF3, not GTF\. Convert it: gffread") as caught:
        place(text, "ENST00000456328.2", 1657)
    assert caught.value.line == line
