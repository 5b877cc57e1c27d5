from graphkit.motifs.collections.families import _ALIASES, FAMILIES, family_of


def test_a_protein_has_one_family():
    members = [m for family in FAMILIES.values() for m in family]
    assert len(members) == len(set(members))
    assert all(m == m.upper() for m in members)


def test_aliases_lead_to_members():
    members = {m for family in FAMILIES.values() for m in family}
    assert set(_ALIASES.values()) <= members
    assert not set(_ALIASES) & members


def test_unknown_proteins_stand_for_themselves():
    assert family_of("qki") == "QKI"
    assert family_of("HuR") == "ELAVL"
