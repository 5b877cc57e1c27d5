import gzip

import pytest

from graphkit.errors import InputError
from graphkit.sequences.tables import Table, read_table

ROWS = [["ENST01.2", "Nucleus"], ["ENST02.1", "Cytoplasm"]]


def read(text):
    table = Table(text.splitlines())
    return table.columns, [cells for _, cells in table]


@pytest.mark.parametrize("delimiter", ["\t", ",", ";", " ", "   ", ", "])
@pytest.mark.parametrize("quote", ["", '"'])
@pytest.mark.parametrize("heading", [["Transcript ID", "class"], ["transcript_id", "label"], None])
def test_delimiters_quotation_marks_and_headings(delimiter, quote, heading):
    if heading and not quote and delimiter.isspace() and delimiter != "\t":
        heading = [name.replace(" ", "_") for name in heading]
    lines = [*([heading] if heading else []), *ROWS]
    text = "\n".join(delimiter.join(f"{quote}{c}{quote}" for c in cells) for cells in lines)
    assert read(text) == ({"transcript": 0, "label": 1} if heading else {}, ROWS)


@pytest.mark.parametrize(
    ("heading", "kinds"),
    [
        ("Gene stable ID\tTranscript stable ID version\tGene name", "gene transcript symbol"),
        ("ensembl_gene_id,ensembl_transcript_id,hgnc_symbol", "gene transcript symbol"),
        ("target_id;ens_gene;ext_gene;Subcellular Localization", "transcript gene symbol label"),
        ("TXNAME\tGENEID", "transcript gene"),
        ("lncRNA_ID,Sequence,Location", "id sequence label"),
        ("name\tRNA sequence", "id sequence"),
        ("locus_tag\tcompartment", "gene label"),
    ],
)
def test_names_of_columns(heading, kinds):
    found, rows = read(heading)
    assert found == {kind: n for n, kind in enumerate(kinds.split()) if kind != "-"}
    assert rows == []


def test_rows_with_names_as_r_writes_them():
    text = '"id" "label"\n"1" "ENST01.2" "chromatin bound"\n"2" "ENST02.1" "Cytoplasm"\n'
    columns, rows = read(text)
    assert columns == {"id": 1, "label": 2}
    assert rows[0] == ["1", "ENST01.2", "chromatin bound"]


def test_a_heading_of_two_words_over_one_column():
    assert read("Gene name\nMALAT1\n") == ({"symbol": 0}, [["MALAT1"]])


def test_blank_lines_and_comments_are_passed_over_and_counted():
    assert list(Table(["# a note", "", "a\tN", " ", "b\tC"])) == [(3, ["a", "N"]), (5, ["b", "C"])]


def test_a_cell_may_be_longer_than_csv_takes():
    assert read(f"a,{'A' * 200_000}")[1] == [["a", "A" * 200_000]]
    with pytest.raises(InputError, match="line 1: cells in quotation marks that cannot be read"):
        read(f'a,"{"A" * 200_000}"')


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("a\tACGUACGUACGU\nb\tGGGCCCAAAUUU", 1),
        ("ACGUACGUACGU\ta", 0),
        ("a\tLONGTEXTLONGTEXT\nb\tACGU", None),
        ("id,protein,cDNA\na,MKKK,ACGU", 2),
        ("chr1\t100\t.\tA\tG", None),
    ],
)
def test_the_column_of_sequences(text, column):
    assert Table(text.splitlines()).sequences() == column


def test_a_file_is_read_packed_or_not(tmp_path):
    path = tmp_path / "t.csv"
    for data in (b"a,N\r\nb,C\r\n", gzip.compress(b"\xef\xbb\xbfa,N\nb,C")):
        path.write_bytes(data)
        assert [cells for _, cells in read_table(path, remedy="")] == [["a", "N"], ["b", "C"]]


@pytest.mark.parametrize("data", [b"\x89PNG\xff", b"a\0b", b"PK\x03\x04", b"\xff\xfea\0"])
def test_what_is_no_text_is_refused(tmp_path, data):
    path = tmp_path / "t.csv"
    path.write_bytes(data)
    with pytest.raises(InputError, match=r"is not a text file\. Give text"):
        read_table(path, remedy="Give text.")
