import pytest

from graphkit.errors import InputError
from graphkit.motifs import Motif, format_meme, read_motifs
from graphkit.motifs.collections.read import parse_proteins

ATTRACT = ">M232_0.6\t2\n0.97\t0.01\t0.01\t0.01\n0\t0\t0\t1\n>51\t1\n0.25\t0.25\t0.25\t0.25\n"
CISBP = "Pos\tA\tC\tG\tU\n1\t0.9\t0.1\t0\t0\n2\t0\t0\t1\t0\n"


def write(path, text):
    path.write_text(text)
    return path


def test_attract(tmp_path):
    first, second = read_motifs(write(tmp_path / "pwm.txt", ATTRACT))
    assert (first.name, first.consensus) == ("M232_0.6", "AU")
    assert (second.name, second.width) == ("51", 1)


def test_cisbp_is_named_by_its_file(tmp_path):
    (motif,) = read_motifs(write(tmp_path / "M001 0.6.txt", CISBP))
    assert (motif.name, motif.consensus) == ("M001_0.6", "AG")


def test_a_folder_with_its_table(tmp_path):
    write(tmp_path / "M001_0.6.txt", CISBP)
    write(tmp_path / "M002_0.6.txt", "Pos\tA\tC\tG\tU\n")
    write(tmp_path / "RBP_Information.txt", "Motif_ID\tRBP_Name\nM001_0.6\tPUM1\n")
    write(tmp_path / "more.meme", format_meme([Motif.from_consensus("ACU", name="m")]))
    write(tmp_path / "README.md", "notes")
    found = read_motifs(tmp_path)
    assert [(m.name, m.alt) for m in found] == [("M001_0.6", "PUM1"), ("m", "")]


def test_jaspar(tmp_path):
    text = ">M1 PUM1\nA [0 9]\nC [0 0]\nG [0 0]\nT [9 0]\n"
    (motif,) = read_motifs(write(tmp_path / "x.jaspar", text))
    assert (motif.alt, motif.consensus) == ("PUM1", "UA")


def test_a_table_elsewhere(tmp_path):
    table = write(tmp_path / "names.tsv", "Matrix_id\tGene_name\n51\tQKI\n")
    found = read_motifs(write(tmp_path / "pwm.txt", ATTRACT), proteins=table)
    assert [m.alt for m in found] == ["", "QKI"]
    with pytest.raises(InputError, match="Motif_ID"):
        read_motifs(tmp_path / "pwm.txt", proteins=tmp_path / "pwm.txt")


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("e.meme", "", None),
        ("b.meme", " \n\n", None),
        ("x.txt", "some notes", None),
        ("p.txt", ">M1\n1 0 0\n", 2),
        ("p.txt", ">M1\n>M2\n1 0 0 0\n", 1),
        ("p.txt", ">\n1 0 0 0\n", 1),
        ("c.txt", "Pos\tA\tC\tG\tU\n1\t0.9\t0.9\t0\t0\n", 2),
        ("c.txt", "Pos\tA\tC\tG\tU\n", 1),
        ("n.meme", "MEME version 4\0\0", None),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path, name, text, line):
    with pytest.raises(InputError, match=name) as caught:
        read_motifs(write(tmp_path / name, text))
    assert caught.value.line == line


def test_no_such_file_and_empty_folder(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        read_motifs(tmp_path / "absent.meme")
    with pytest.raises(InputError, match="no motif files"):
        read_motifs(tmp_path)


def test_public_collections(shared):
    folder = shared / "data" / "motifs"
    if not folder.is_dir():
        pytest.skip("no motif collections in the shared folder")
    found = {path.name[:3]: read_motifs(path) for path in sorted(folder.glob("*.meme"))}
    assert {name: len(motifs) for name, motifs in found.items()} == {"Ray": 102, "cat": 621}
    first = found["Ray"][0]
    assert (first.name, first.alt, first.width, first.n_sites) == (
        "A1CF_RNCMPT00001",
        "A1CF",
        7,
        20,
    )


def test_columns_of_the_three_collections():
    cisbp = "RBP_ID\tMotif_ID\tDBID\tRBP_Name\nT1\tM001_0.6\tE1\tPUM1\nT2\tM001_0.6\tE2\tPUM2\n"
    attract = "Gene_name\tGene_id\tMatrix_id\nELAVL1\tE3\tM232_0.6\n"
    bench = "RBP_motif_ID\tRBP_name\tMotif_type\nA1CF_1\tA1CF\tmeme_xml\n"
    assert parse_proteins(cisbp) == {"M001_0.6": "PUM1,PUM2"}
    assert parse_proteins(attract) == {"M232_0.6": "ELAVL1"}
    assert parse_proteins(bench) == {"A1CF_1": "A1CF"}


@pytest.mark.parametrize("text", ["", "a\tb\nc\td", "Motif_ID\nM1", "Pos\tA\tC\tG\tU\n"])
def test_other_tables_are_none(text):
    assert parse_proteins(text) is None


def test_short_lines_and_empty_cells_are_passed_over():
    assert parse_proteins("Motif_ID\tRBP_Name\nM1\n\tPUM1\nM2\t\nM3\tQKI\n") == {"M3": "QKI"}


def test_a_protein_is_named_once():
    assert parse_proteins("Motif_ID\tRBP_Name\r\nM1\tQKI\r\nM1\tQKI\r\n") == {"M1": "QKI"}
