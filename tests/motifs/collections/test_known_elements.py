import re

import pytest

from graphkit.motifs import IUPAC, KNOWN_ELEMENTS, Motif, known_elements_in


def test_every_element_has_a_consensus_and_a_source():
    for element in KNOWN_ELEMENTS:
        assert set(element.consensus) <= set(IUPAC)
        assert re.fullmatch(r"10\.\d{4,}/\S+", element.doi)
        assert element.name
        assert element.localisation
        assert element.note
    assert len({e.name for e in KNOWN_ELEMENTS}) == len(KNOWN_ELEMENTS)


@pytest.mark.parametrize(
    ("consensus", "name"),
    [
        ("GCCUCCC", "SIRLOIN"),
        ("AAGCCUCCCAA", "SIRLOIN"),
        ("CCUCCC", "SIRLOIN"),
        ("AGCCC", "BORG"),
        ("CAGGUGAGU", "U1"),
        ("AGGUAAGU", "U1"),
        ("UUAUUUAUU", "AU-rich"),
        ("UGUAUAUA", "Pumilio"),
        ("UGUANAUA", "Pumilio"),
    ],
)
def test_named_where_they_are(consensus, name):
    found = known_elements_in(Motif.from_consensus(consensus))
    assert name in [e.name.split()[0] for e in found]


@pytest.mark.parametrize(
    "consensus", ["UCCUCCC", "AGGAG", "NNNNNNNN", "UGUA", "ACUCCCA", "GGGAGGC"]
)
def test_not_named_where_they_are_not(consensus):
    assert known_elements_in(Motif.from_consensus(consensus)) == ()
