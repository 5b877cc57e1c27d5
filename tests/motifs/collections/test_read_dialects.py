"""Motif collections as those who publish them pack them."""

import pytest

from graphkit.errors import InputError
from graphkit.motifs import read_motifs

# ATtRACT: numbers of many digits, whose rows need not add up to 1 exactly.
ATTRACT_PWM = """\
>M232_0.6	3
0.0251996279888097	0.0251996279888097	0.0251996279888097	0.924401116033571
0.00000001	0.0	0.0	0.99999999
0.333333333333	0.333333333333	0.333333333333	0.0
>519	2
1.0	0.0	0.0	0.0
0.0	0.0	1.0	0.0
"""
ATTRACT_DB = """\
Gene_name	Gene_id	Mutated	Organism	Motif	Len	Experiment_description	Database	Pubmed	\
Experiment_description	Family	Matrix_id	Score
3IVK	3IVK	no	Mus_musculus	GAAACA	6	X-RAY DIFFRACTION	PDB	19965478	\
X-RAY DIFFRACTION		519	1.000000**
ELAVL1	ENSG00000066044	no	Homo_sapiens	UUU	3	RNAcompete	C	23846655	\
RNAcompete	RRM	M232_0.6	1.000000**
ELAVL1	ENSG00000066044	no	Homo_sapiens	UUA	3	RNAcompete	C	23846655	\
RNAcompete	RRM	M232_0.6	0.126531
"""
CISBP_PWM = """\
Pos	A	C	G	U
1	0.0251996279888097	0.0251996279888097	0.0251996279888097	0.924401116033571
2	0.25	0.25	0.25	0.25
"""
CISBP_INFORMATION = """\
RBP_ID	Motif_ID	DBID	RBP_Name	RBP_Species	RBP_Status	\
Family_Name	RBDs	RBD_Count	Cutoff	DBID	Motif_Type	\
MSource_Identifier	MSource_Type	MSource_Author	MSource_Year	PMID
T37394_0.6	M001_0.6	ENSG00000136450	SRSF1	Homo_sapiens	D	\
RRM	RRM_1,RRM_1	2	0.774	\
RNAcompete	RNAcompete	RNCMPT00106	RNAcompete	Ray	2013	23846655
T37395_0.6	.	ENSG00000100320	RBFOX2	Homo_sapiens	N	\
RRM	RRM_1	1	0.774	.	.	.	.	.	.	.
T37396_0.6	M001_0.6	ENSG00000111786	SRSF9	Homo_sapiens	I	\
RRM	RRM_1,RRM_1	2	0.774	\
RNAcompete	RNAcompete	RNCMPT00106	RNAcompete	Ray	2013	23846655
"""


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_attract_unpacked(tmp_path, end):
    write(tmp_path / "pwm.txt", ATTRACT_PWM.replace("\n", end))
    write(tmp_path / "ATtRACT_db.txt", ATTRACT_DB.replace("\n", end))
    found = read_motifs(tmp_path)
    assert [(m.name, m.alt, m.width) for m in found] == [
        ("M232_0.6", "ELAVL1", 3),
        ("519", "3IVK", 2),
    ]
    assert found[0].probabilities()[1].argmax() == 3
    assert found[1].consensus == "AG"


@pytest.mark.parametrize("letter", "UT")
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_cisbp_with_its_table_beside(tmp_path, letter, end):
    matrix = CISBP_PWM.replace("\tU\n", f"\t{letter}\n").replace("\n", end)
    write(tmp_path / "M001_0.6.txt", matrix)
    write(tmp_path / "M002_0.6.txt", f"Pos\tA\tC\tG\t{letter}{end}")
    write(tmp_path / "RBP_Information.txt", CISBP_INFORMATION)
    write(tmp_path / "RBP_Information_all_motifs.txt", CISBP_INFORMATION)
    write(tmp_path / "TF_info.log", "of no interest")
    (motif,) = read_motifs(tmp_path)
    assert (motif.name, motif.alt, motif.width) == ("M001_0.6", "SRSF1,SRSF9", 2)


def test_cisbp_unpacked_has_its_matrices_one_folder_down(tmp_path):
    write(tmp_path / "pwms_all_motifs" / "M001_0.6.txt", CISBP_PWM)
    table = write(tmp_path / "RBP_Information.txt", CISBP_INFORMATION)
    (motif,) = read_motifs(tmp_path / "pwms_all_motifs", proteins=table)
    assert motif.alt == "SRSF1,SRSF9"


@pytest.mark.parametrize("given", [".", "pwms_all_motifs", "pwms_all_motifs/M001_0.6.txt"])
def test_cisbp_names_its_proteins_wherever_it_is_entered(tmp_path, given):
    write(tmp_path / "pwms_all_motifs" / "M001_0.6.txt", CISBP_PWM)
    write(tmp_path / "RBP_Information.txt", CISBP_INFORMATION)
    (motif,) = read_motifs(tmp_path / given)
    expected = "" if given.endswith(".txt") else "SRSF1,SRSF9"  # its table is two folders up
    assert motif.alt == expected


def test_attract_matrices_find_their_table(tmp_path):
    matrices = write(tmp_path / "pwm.txt", ATTRACT_PWM)
    write(tmp_path / "ATtRACT_db.txt", ATTRACT_DB)
    assert [m.alt for m in read_motifs(matrices)] == ["ELAVL1", "3IVK"]


MATRIX = "letter-probability matrix: alength= 4 w= 2 nsites= 9 E= 1e-5\n 1 0 0 0\n 0 0 0 1\n"


@pytest.mark.parametrize(
    ("title", "names"),
    [
        ("MOTIF M1\tPUM1", ("M1", "PUM1")),
        ("MOTIF M001_0.6 PUM1", ("M001_0.6", "PUM1")),
        ("MOTIF  1  width = 10  sites = 9  llr = 88  E-value = 1.2e-005", ("1", "")),
        ("MOTIF  1\twidth =   10   sites =   9", ("1", "")),
        (
            "MOTIF GGUAAGU MEME-1\twidth =   7  sites =  20  llr = 184  E-value = 3.9e-024",
            ("GGUAAGU", "MEME-1"),
        ),
        ("MOTIF 1-ACUAACA STREME-1", ("1-ACUAACA", "STREME-1")),
        ("MOTIF\t AAUAAA \t DREME-1 ", ("AAUAAA", "DREME-1")),
        ("MOTIF M1 PUM1 of flies", ("M1", "PUM1 of flies")),
    ],
)
def test_names_of_what_meme_and_its_kin_write(tmp_path, title, names):
    text = f"{'*' * 80}\nMEME version 5.5.5\n{'*' * 80}\n\nALPHABET= ACGU\n\n{title}\n\n{MATRIX}"
    (found,) = read_motifs(write(tmp_path / "meme.txt", text))
    assert (found.name, found.alt, found.consensus) == (*names, "AU")


@pytest.mark.parametrize("text", ['<?xml version="1.0"?>\n<MEME>', "\n<!DOCTYPE html>", "<STREME>"])
def test_xml_of_meme_is_named_with_the_text_beside_it(tmp_path, text):
    path = write(tmp_path / "meme.xml", text)
    with pytest.raises(InputError, match=r"XML or HTML, not motifs as text\. .* meme\.txt"):
        read_motifs(path)


def test_sequences_are_no_motifs(tmp_path):
    with pytest.raises(InputError, match=r"sequences, not motifs\. Give motifs in the format of"):
        read_motifs(write(tmp_path / "x.fa", ">a b\nACGUACGUACGU\n"))


def test_a_folder_of_jaspar_files(tmp_path):
    write(tmp_path / "MA1.pfm", ">MA1.1 X\n9 0\n0 0\n0 0\n0 9\n")
    write(tmp_path / "MA2.transfac", "ID MA2\nP0 A C G T\n01 9 0 0 0\n02 0 0 0 9\nXX\n//\n")
    assert [(m.name, m.consensus) for m in read_motifs(tmp_path)] == [
        ("MA1.1", "AU"),
        ("MA2", "AU"),
    ]
