import pytest

from graphkit.motifs.proteins import parse_proteins


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
