"""Files that are no FASTA: read where they can mean one thing only, else named."""

import io

import pytest

from graphkit.errors import InputError
from graphkit.sequences import read_fasta

A, B = "ACGUACGUUAGCUAGCUACG", "GGGCCCAAAUUUGGGCCCAA"


def read(text, **options):
    data = text if isinstance(text, bytes) else text.encode()
    return list(read_fasta(io.BytesIO(data), **options))


def pairs(text):
    return [(record.id, record.sequence) for record in read(text)]


def refusal(text):
    with pytest.raises(InputError) as caught:
        read(text)
    return caught.value


@pytest.mark.parametrize("delimiter", ["\t", ",", ";", "|", " ", "    "])
@pytest.mark.parametrize("heading", ["", "id{}sequence\n", "# a note\nlncRNA{}RNA_sequence\n"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_table_of_ids_and_sequences(delimiter, heading, end):
    text = heading.format(delimiter) + f"HOTAIR{delimiter}{A}\nMALAT1{delimiter}{B}"
    assert pairs(text.replace("\n", end)) == [("HOTAIR", A), ("MALAT1", B)]


def test_a_table_of_one_row():
    assert pairs(f"HOTAIR\t{A * 9}\n") == [("HOTAIR", A * 9)]


def test_a_table_may_hold_other_signs():
    assert pairs(f"id,sequence,note\nHOTAIR,{A},a > b\n") == [("HOTAIR", A)]
    assert pairs(f"name {A}\nother {B}\n") == [("name", A), ("other", B)]


def test_other_columns_of_a_table_are_used():
    (record,) = read(f'"Gene ID","Gene name",Sequence,label,ID\nENSG1,"MALAT1",{A},Nucleus,t 1\n')
    assert (record.id, record.sequence, record.line) == ("t", A, 2)
    assert (record.gene, record.symbol, record.header) == ("ENSG1", "MALAT1", "t 1|Nucleus")


def test_sequences_without_names_are_numbered():
    assert pairs(f"sequence\n{A}\n{B}\n") == [("seq1", A), ("seq2", B)]
    assert pairs(f"{A}\t5\n{B}\t7\n") == [("seq1", A), ("seq2", B)]


def test_headers_in_a_table_are_read_as_elsewhere():
    header = "ENST00000456328.2|ENSG00000290825.1|-|-|DDX11L2-202|DDX11L2|1657|lncRNA|"
    (record,) = read(f"{header}\t{A}\n")
    assert (record.id, record.symbol) == ("ENST00000456328.2", "DDX11L2")


def test_rows_that_lack_a_cell_and_sequences_beyond_the_cap():
    error = refusal(f"id\tsequence\na\t{A}\nb\n")
    assert (error.line, error.reason) == (3, "a row of 1 cells without a sequence")
    assert read(f"a1\t{A}", max_length=10)[0].problem == "longer than 10 letters (20)"


def test_a_table_of_any_length_streams(pieces):
    rows = (f"r{i}\t{A}\n".encode() * 1 for i in range(10**9))
    records = read_fasta(pieces(rows))
    assert [next(records).id for _ in range(3)] == ["r0", "r1", "r2"]


@pytest.mark.parametrize("note", ["# a note\n", "#one\n\n# two >x\n\n"])
def test_notes_above_the_first_record_are_passed_over(note):
    (record,) = read(f"{note}>a b\n{A}\n")
    assert (record.id, record.sequence, record.line) == ("a", A, 1 + note.count("\n"))
    (bare,) = read(f"{note}{A}\n")
    assert (bare.sequence, bare.line) == (A, 1 + note.count("\n"))


def test_a_bare_sequence_is_nothing_but_letters():
    assert pairs("acgu ACGT\n\tnnRY\n") == [("seq1", "acguACGTnnRY")]
    protein = "MTEYKLVVVGAGGVGKSALTIQLIQNHFVDEYDPTIEDSYRK"
    assert pairs(protein) == [("seq1", protein)]  # what it is will be said of the record
    long = "ACGT\n" * 300_000
    error = refusal(f"{long}gene1 12 %\n")
    assert error.reason == "text among the letters"


GENBANK = """\
LOCUS       NR_046018                 20 bp    RNA     linear   PRI 26-JUL-2016
DEFINITION  Homo sapiens DEAD/H-box helicase 11 like 1 (DDX11L1), non-coding
            RNA.
ACCESSION   NR_046018
VERSION     NR_046018.2
FEATURES             Location/Qualifiers
     gene            1..20
                     /gene="DDX11L1"
                     /db_xref="GeneID:100287102"
ORIGIN
        1 acgtacgtta gctagctacg
//
"""
EMBL = """\
ID   X56734; SV 1; linear; mRNA; STD; PLN; 20 BP.
XX
AC   X56734; S46826;
XX
DE   Trifolium repens mRNA for non-cyanogenic beta-glucosidase
XX
SQ   Sequence 20 BP; 5 A; 5 C; 5 G; 5 T; 0 other;
     acgtacgtta gctagctacg                                                    20
//
"""


def test_genbank_and_embl_are_read():
    first, second = read(f"\n{GENBANK}\n{GENBANK.replace('046018', '046019')}")
    assert (first.id, first.symbol, first.gene) == ("NR_046018.2", "DDX11L1", "100287102")
    assert (first.sequence, first.line, second.line) == (A.replace("U", "T"), 2, 15)
    assert second.id == "NR_046019.2"
    (found,) = read(EMBL)
    assert (found.id, found.sequence) == ("X56734.1", A.replace("U", "T"))


@pytest.mark.parametrize("text", [GENBANK, EMBL])
def test_entries_that_cannot_be_read_are_named(text):
    kind = "GenBank" if text == GENBANK else "EMBL"
    assert f"{kind} that ends within an entry" in refusal(text.removesuffix("//\n")).reason
    lines = text.splitlines(keepends=True)
    without = "".join(line for line in lines if "acgt" not in line)
    assert f"an entry of {kind} that cannot be read" in refusal(without).reason
    with pytest.raises(InputError, match="an entry longer than"):
        read(text + lines[0] + "     acgt\n" * 5_000_000, max_length=10)


GTF_LINE = 'chr1\tHAVANA\texon\t11869\t12227\t.\t+\t.\tgene_id "ENSG1"; transcript_id "ENST1";\n'
SAM_LINE = f"r1\t0\tchr1\t100\t60\t20M\t*\t0\t0\t{A.replace('U', 'T')}\t{'I' * 20}\n"


@pytest.mark.parametrize(
    ("text", "name", "remedy"),
    [
        (GTF_LINE, "GTF", "gffread"),
        (f"#!genome-build GRCh38\n{GTF_LINE * 200}", "GTF", "gffread"),
        (f"##gff-version 3\n{GTF_LINE}", "GFF", "gffread"),
        ("chr1\t.\tgene\t1\t9\t.\t-\t.\tID=gene1\n" * 3, "GTF or GFF", "gffread"),
        ("chr1\t100\t900\n", "BED", "bedtools"),
        ("track name=x\nchr1\t100\t900\tt1\t0\t+\n" + "chr1\t1\t9\tt1\t0\t+\n" * 3, "BED", "bed"),
        ("chr1 100 900 t1\nchr2 7 90 t2\n", "BED", "bedtools"),
        ("gene,a,b,c,d,e,f\n" + "MBP,0,3,0,1,0,2\n" * 3, "a table of counts", "graphkit cluster"),
        ("chrom,start,end\nchr1,100,900\nchr1,200,900\n", "BED", "bedtools"),
        ("##fileformat=VCFv4.2\n#CHROM\tPOS\n1\t5\t.\tA\tG\n", "VCF", "FASTA"),
        ("1\t5\t.\tA\tG\t.\t.\n" * 5, "VCF", "FASTA"),
        (SAM_LINE, "SAM", "samtools fasta"),
        (f"@SQ\tSN:1\tLN:9\n{SAM_LINE}", "SAM", "samtools fasta"),
        (f"@r1\n{A}\n+\n{'I' * 20}\n", "FASTQ", "seqtk"),
        ("gene,count\nMALAT1,5\nXIST,7\n", "a table without a column of seq", "FASTA"),
        ("MALAT1;5;lung\nXIST;7;liver\n", "a table without a column of seq", "FASTA"),
        ("id\tscore\n", "a table without a column of seq", "FASTA"),
        ("MALAT1\nHOTAIR\nENST00000456328.2\n", "a list of names", "--ids"),
        ("XIST\nHOTAIR\n", "a list of names", "--ids"),
        ("hello\n", "a word", "FASTA"),
        ("404: Not Found", "other text", "message"),
        ("Dear all,\n\nplease find attached the sequences.\nBest\n", "other text", "message"),
        ("<!DOCTYPE html><html><a href='x'>y</a>", "HTML", "Download the FASTA itself"),
        ("<html>\n<p>\n>next\n", "HTML", "Download the FASTA itself"),
        ('<?xml version="1.0"?>\n<MEME>', "HTML or XML", "Download"),
        ("# STOCKHOLM 1.0\n\na  ACGU--ACGU\nb  ACGUAAACGU\n//\n", "a Stockholm", "esl-reformat"),
        ("CLUSTAL W\n\na ACGU\n", "a CLUSTAL alignment", "esl-reformat"),
        ("#NEXUS\nBEGIN DATA;\n", "NEXUS", "esl-reformat"),
        ("##maf version=1\na score=1\ns hg38 1 2 + 3 ACG\n", "a MAF alignment", "gaps"),
        (" 2 12\nsp_a      ACGUACGUACGU\nsp_b      ACGUACGUACGA\n", "a PHYLIP", "esl-reformat"),
        ("MEME version 4\n\nMOTIF x\n", "a file of MEME motifs", "--database"),
        (
            "version https://git-lfs.github.com/spec/v1\noid x\n",
            "a Git LFS pointer",
            "git lfs pull",
        ),
        ("H\tVN:Z:1.0\nS\t1\tACGUACGUACGU\n", "GFA", "FASTA"),
    ],
)
def test_other_files_are_named_with_what_to_do(text, name, remedy):
    error = refusal(text)
    assert f"not FASTA but {name}" in error.reason
    assert remedy in error.remedy


def test_what_a_remedy_says_of_a_table_works():
    table = "name,SEQ_RNA_\na,ACGU\nb,ACGA\n"
    assert "Call its column of sequences `sequence`" in refusal(table).remedy
    assert pairs(table.replace("SEQ_RNA_", "sequence")) == [("a", "ACGU"), ("b", "ACGA")]


def test_a_fastq_remedy_names_the_file(tmp_path):
    path = tmp_path / "reads.fq"
    path.write_text(f"@r1\n{A}\n+\n{'I' * 20}\n")
    with pytest.raises(InputError, match=f"seqtk seq -a {path} > reads.fa"):
        list(read_fasta(path))
