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
        (GENCODE, ("ENST00000456328.2", "ENSG00000290825.1", "DDX11L2", "gencode")),
        (GENCODE + "Nucleus", ("ENST00000456328.2", "ENSG00000290825.1", "DDX11L2", "gencode")),
        (GENCODE[:-8], ("ENST00000456328.2", "ENSG00000290825.1", "DDX11L2", "gencode")),
        (
            "ENSMUST00000193812.2|ENSMUSG00000102693.2|-|-|4933401J01Rik-201|4933401J01Rik|1070|TEC|",
            ("ENSMUST00000193812.2", "ENSMUSG00000102693.2", "4933401J01Rik", "gencode"),
        ),
        (
            "ENST00000381192.10_PAR_Y|ENSG00000002586.20_PAR_Y|-|-|CD99-202|CD99|1000|lncRNA|",
            ("ENST00000381192.10_PAR_Y", "ENSG00000002586.20_PAR_Y", "CD99", "gencode"),
        ),
        (
            "ENST00000641515.2|ENSG00000186092.7|-|-|-|-|2618|UTR5:1-60|CDS:61-1041|UTR3:1042-2618|",
            ("ENST00000641515.2", "ENSG00000186092.7", None, "gencode"),
        ),
        (ENSEMBL, ("ENST00000415118.1", "ENSG00000223997.1", "TRDD1", "ensembl")),
        (
            "ENST1.1 ncrna chromosome:GRCh38:1:1:9:1 gene:ENSG1.1 description:gene_symbol:NO",
            ("ENST1.1", "ENSG1.1", None, "ensembl"),
        ),
        ("ENST00000504943|Nucleus", ("ENST00000504943|Nucleus", None, None, "pipe")),
        ("NCBI:100128098|Cytoplasm", ("NCBI:100128098|Cytoplasm", None, None, "pipe")),
        ("a|b|c|d|e|f|7|h|", ("a|b|c|d|e|f|7|h|", None, None, "pipe")),
        ("NR_046018.2 Homo sapiens DDX11L1", ("NR_046018.2", None, None, "plain")),
        ("seq|1\tof two", ("seq|1", None, None, "pipe")),
        ("", ("", None, None, "plain")),
        ("  \t", ("", None, None, "plain")),
    ],
)
def test_styles(header, expected):
    assert parse_header(header) == Header(*expected)


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
