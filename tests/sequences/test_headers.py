import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphkit.sequences import Header, label_of, parse_header, strip_version

GENCODE = (
    "ENST00000456328.2|ENSG00000290825.1|OTTHUMG00000002860.3|OTTHUMT00000362751.1"
    "|DDX11L2-202|DDX11L2|1657|lncRNA|"
)
ENSEMBL = (
    "ENST00000415118.1 cdna chromosome:GRCh38:14:22438547:22438554:1 gene:ENSG00000223997.1 "
    "gene_biotype:TR_D_gene transcript_biotype:TR_D_gene gene_symbol:TRDD1 "
    "description:T cell receptor delta diversity 1 [Source:HGNC Symbol;Acc:HGNC:12254]"
)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (GENCODE, ("ENST00000456328.2", "ENSG00000290825.1", "DDX11L2", "GENCODE")),
        (GENCODE + "Nucleus", ("ENST00000456328.2", "ENSG00000290825.1", "DDX11L2", "GENCODE")),
        (GENCODE[:-8], ("ENST00000456328.2", "ENSG00000290825.1", "DDX11L2", "GENCODE")),
        (
            "ENSMUST00000193812.2|ENSMUSG00000102693.2|-|-|4933401J01Rik-201|4933401J01Rik|1070|TEC|",
            ("ENSMUST00000193812.2", "ENSMUSG00000102693.2", "4933401J01Rik", "GENCODE"),
        ),
        (
            "ENST00000381192.10_PAR_Y|ENSG00000002586.20_PAR_Y|-|-|CD99-202|CD99|1000|lncRNA|",
            ("ENST00000381192.10_PAR_Y", "ENSG00000002586.20_PAR_Y", "CD99", "GENCODE"),
        ),
        (
            "ENST00000641515.2|ENSG00000186092.7|-|-|-|-|2618|UTR5:1-60|CDS:61-1041|UTR3:1042-2618|",
            ("ENST00000641515.2", "ENSG00000186092.7", None, "GENCODE"),
        ),
        (ENSEMBL, ("ENST00000415118.1", "ENSG00000223997.1", "TRDD1", "Ensembl")),
        (
            "ENST1.1 ncrna chromosome:GRCh38:1:1:9:1 gene:ENSG1.1 description:gene_symbol:NO",
            ("ENST1.1", "ENSG1.1", None, "Ensembl"),
        ),
        ("ENST00000504943|Nucleus", ("ENST00000504943|Nucleus", None, None, "piped")),
        ("NCBI:100128098|Cytoplasm", ("NCBI:100128098|Cytoplasm", None, None, "piped")),
        ("a|b|c|d|e|f|7|h|", ("a|b|c|d|e|f|7|h|", None, None, "piped")),
        ("NR_046018.2 Homo sapiens DDX11L1", ("NR_046018.2", None, None, "plain")),
        ("seq|1\tof two", ("seq|1", None, None, "piped")),
        ("", ("", None, None, "plain")),
        ("  \t", ("", None, None, "plain")),
    ],
)
def test_styles(header, expected):
    assert parse_header(header) == Header(*expected)


DIALECTS = {
    "gffread": ("STRG.1.1 gene=STRG.1", "STRG.1", None),
    "StringTie, merged": ("MSTRG.12.3", "MSTRG.12", None),
    "gffread of Ensembl's GFF3": (
        "transcript:ENST00000456328 gene=DDX11L2 CDS=1-9",
        "DDX11L2",
        None,
    ),
    "Cufflinks": ("TCONS_00000001 gene=XLOC_000001", "XLOC_000001", None),
    "gffread, all attributes": (
        "ENST00000456328.2 gene_id=ENSG00000290825.1 gene_name=DDX11L2 loc:chr1|11869-14409|+",
        "ENSG00000290825.1",
        "DDX11L2",
    ),
    "AGAT": ("rna1 gene=gene1 name=MALAT1 seq_id=chr11 type=transcript", "gene1", None),
    "attributes of a GTF": ('tx1 gene_id "G1"; gene_name "MALAT1";', "G1", "MALAT1"),
    "NCBI Datasets": (
        "NR_002819.4 MALAT1 [organism=Homo sapiens] [GeneID=378938] [transcript=1]",
        "378938",
        "MALAT1",
    ),
    "NCBI, genes": ("NR_002819.4:1-8779 [gene=MALAT1] [GeneID=378938]", "378938", "MALAT1"),
    "NCBI, rna_from_genomic": (
        "lcl|NC_000001.11_ncrna_NR_046018.2_1 [gene=DDX11L1] [db_xref=GeneID:100287102,HGNC:37102]"
        " [product=DEAD/H-box helicase 11 like 1 (pseudogene)] [transcript_id=NR_046018.2]"
        " [location=join(11874..12227,12613..12721,13221..14409)] [gbkey=misc_RNA]",
        "100287102",
        "DDX11L1",
    ),
    "NCBI, bacteria": ("lcl|U00096.3_ncrna_1 [gene=sokX] [locus_tag=b4701]", "b4701", "sokX"),
    "RefSeq": (
        "NR_002819.4 Homo sapiens metastasis associated lung adenocarcinoma transcript 1 (MALAT1),"
        " transcript variant 1, long non-coding RNA",
        None,
        "MALAT1",
    ),
    "RefSeq, predicted": (
        "XR_001737578.2 PREDICTED: Homo sapiens uncharacterized LOC105371038 (LOC105371038),"
        " transcript variant X2, ncRNA",
        None,
        "LOC105371038",
    ),
    "RefSeq, words in brackets": (
        "NR_046018.2 Homo sapiens DEAD/H-box helicase 11 like 1 (pseudogene) (DDX11L1), non-coding"
        " RNA",
        None,
        "DDX11L1",
    ),
    "RefSeq of old": (
        "gi|1153|ref|NR_001564.2| Homo sapiens X inactive specific transcript (XIST), long"
        " non-coding RNA",
        None,
        "XIST",
    ),
    "RNAcentral": (
        "URS000025784F_9606 Homo sapiens (human) H19 imprinted maternally expressed transcript"
        " (H19), long non-coding RNA",
        None,
        "H19",
    ),
    "RNAcentral, no symbol": (
        "URS0000A1B2C3_9606 Homo sapiens (human) long non-coding RNA",
        None,
        None,
    ),
    "NONCODE": ("NONHSAT000002.2", None, None),
    "LncBook": ("HSALNT0000001", None, None),
    "LNCipedia": ("lnc-SAMD11-1:3", "lnc-SAMD11-1", None),
    "LNCipedia, known": ("LINC01128:12", "LINC01128", None),
    "LNCipedia, antisense": ("FOXD3-AS1:4", "FOXD3-AS1", None),
    "UCSC": (
        "hg38_knownGene_ENST00000456328.2 range=chr1:11874-14409 5'pad=0 3'pad=0 strand=+"
        " repeatMasking=none",
        None,
        None,
    ),
    "FlyBase": (
        "FBtr0345732 type=ncRNA; loc=2L:complement(1..9); ID=FBtr0345732; name=lncRNA:CR31808-RA;"
        " dbxref=FlyBase:FBtr0345732; length=900; parent=FBgn0266878; release=r6.32; species=Dmel;",
        "FBgn0266878",
        "lncRNA:CR31808",
    ),
    "WormBase": ("2L52.1a gene=WBGene00007063", "WBGene00007063", None),
    "TAIR": (
        "AT1G01010.1 | Symbols: ANAC001, NAC001 | NAC domain | chr1:3630-5899 FORWARD LENGTH=1688",
        "AT1G01010",
        "ANAC001",
    ),
    "Araport": ("AT1G03987.1 | Symbols:  | novel transcribed region | Chr1:1-9", "AT1G03987", None),
    "Ensembl Plants": (
        "AT1G01046.1 ncrna chromosome:TAIR10:1:28500:28706:1 gene:AT1G01046 gene_biotype:miRNA",
        "AT1G01046",
        None,
    ),
    "RGAP": ("LOC_Os01g01010.1 cDNA|TBC domain containing protein", "LOC_Os01g01010", None),
    "Phytozome": ("Glyma.01G000100.1 pacid=1 locus=Glyma.01G000100 ID=x", "Glyma.01G000100", None),
    "MaizeGDB": ("Zm00001eb000010_T001", "Zm00001eb000010", None),
    "Trinity": (
        "TRINITY_DN1000_c115_g5_i1 len=247 path=[31015:0-148]",
        "TRINITY_DN1000_c115_g5",
        None,
    ),
    "Trinity of old": ("comp1_c0_seq12 len=300", "comp1_c0", None),
    "Oases": ("Locus_1_Transcript_1/3_Confidence_0.6_Length_500", "Locus_1", None),
    "rnaSPAdes": ("NODE_1_length_1000_cov_5.04_g0_i0", "g0", None),
    "PacBio": ("PB.12.3|chr1:100-900(+)|transcript/5 full_length_coverage=2", "PB.12", None),
    "BioMart": (
        "ENSG00000290825|ENSG00000290825.1|ENST00000456328|ENST00000456328.2",
        "ENSG00000290825",
        None,
    ),
    "FLAIR": ("ENST00000456328.2_ENSG00000290825.1", "ENSG00000290825.1", None),
}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_dialects(dialect):
    header, gene, symbol = DIALECTS[dialect]
    found = parse_header(header)
    assert (found.id, found.gene, found.symbol) == (header.split()[0], gene, symbol)
    assert gene is symbol is None or found.style not in {"plain", "piped"}


@pytest.mark.parametrize(
    "header",
    [
        "seq1", "SEQ:1", "chr1:100", "NCBI:100128098|Cytoplasm", "gene", "my gene of interest",
        "sample_1 (mutant), a control", "a=b c=d", "x len=200 strand=+", "AK094929.1 cDNA FLJ37610",
    ],
)  # fmt: skip
def test_headers_without_a_gene(header):
    found = parse_header(header)
    assert found.gene is found.symbol is None


def test_a_header_of_a_megabyte_takes_no_time():
    for piece in ("(a", "[gene=", "ENSG", "gene ", "_c1_g1", "(x),"):
        parse_header("TRINITY_DN1 " + piece * 200_000)
        parse_header(piece * 200_000)


def test_gene_in_a_description_is_not_the_gene():
    assert parse_header("x y description:the gene:BAD one").gene is None


@given(st.text())
def test_any_header_is_read_and_the_id_is_a_prefix(header):
    parsed = parse_header(header)
    words = header.split()
    assert parsed.id == (words[0] if words else "")


@given(st.text("ENSTG0123456789.|- \t", max_size=120))
def test_near_misses_do_not_raise(header):
    assert header.strip().startswith(parse_header(header).id)


@pytest.mark.parametrize(
    ("id_", "bare"),
    [
        ("ENST00000456328.2", "ENST00000456328"),
        ("ENSG00000290825.13", "ENSG00000290825"),
        ("ENSMUST00000180479.1", "ENSMUST00000180479"),
        ("ENST00000381192.10_PAR_Y", "ENST00000381192_PAR_Y"),
        ("OTTHUMG00000002860.3", "OTTHUMG00000002860"),
        ("NONHSAT000001.2", "NONHSAT000001"),
        ("NR_046018.2", "NR_046018"),
        ("XR_001737578.2", "XR_001737578"),
        ("ENST00000456328", "ENST00000456328"),
        ("AC004156.1", "AC004156.1"),
        ("RP11-34P13.7", "RP11-34P13.7"),
        ("seq.1", "seq.1"),
        ("", ""),
    ],
)
def test_versions(id_, bare):
    assert strip_version(id_) == bare


@pytest.mark.parametrize(
    ("header", "label"),
    [
        ("ENST00000504943|Nucleus", "Nucleus"),
        ("NCBI:100128098|Cytoplasm ", "Cytoplasm"),
        ("a|b|chromatin bound", "chromatin bound"),
        (GENCODE, None),
        (GENCODE + "Nucleus", "Nucleus"),
        ("plain", None),
        ("", None),
    ],
)
def test_labels(header, label):
    assert label_of(header) == label
