"""Families of RNA-binding proteins: paralogues that bind alike, as far as a motif can tell."""

from __future__ import annotations

FAMILIES: dict[str, tuple[str, ...]] = {
    "CELF": ("CELF1", "CELF2", "CELF3", "CELF4", "CELF5", "CELF6"),
    "CPEB": ("CPEB1", "CPEB2", "CPEB3", "CPEB4"),
    "CSTF2": ("CSTF2", "CSTF2T"),
    "DAZ": ("BOLL", "DAZ1", "DAZ2", "DAZ3", "DAZ4", "DAZL"),
    "ELAVL": ("ELAVL1", "ELAVL2", "ELAVL3", "ELAVL4"),
    "ESRP": ("ESRP1", "ESRP2"),
    "FMR1/FXR": ("FMR1", "FXR1", "FXR2"),
    "FUBP/KHSRP": ("FUBP1", "FUBP3", "KHSRP"),
    "G3BP": ("G3BP1", "G3BP2"),
    "HNRNPA": ("HNRNPA0", "HNRNPA1", "HNRNPA1L2", "HNRNPA2B1", "HNRNPA3"),
    "HNRNPC/RALY": ("HNRNPC", "HNRNPCL1", "RALY", "RALYL"),
    "HNRNPD": ("HNRNPAB", "HNRNPD", "HNRNPDL"),
    "HNRNPF/H": ("GRSF1", "HNRNPF", "HNRNPH1", "HNRNPH2", "HNRNPH3"),
    "HNRNPK/PCBP": ("HNRNPK", "PCBP1", "PCBP2", "PCBP3", "PCBP4"),
    "HNRNPL": ("HNRNPL", "HNRNPLL"),
    "IGF2BP": ("IGF2BP1", "IGF2BP2", "IGF2BP3"),
    "KHDRBS": ("KHDRBS1", "KHDRBS2", "KHDRBS3"),
    "LIN28": ("LIN28A", "LIN28B"),
    "MBNL": ("MBNL1", "MBNL2", "MBNL3"),
    "MSI": ("MSI1", "MSI2"),
    "NOVA": ("NOVA1", "NOVA2"),
    "PABPC": ("PABPC1", "PABPC3", "PABPC4", "PABPC5"),
    "PABPN": ("PABPN1", "PABPN1L"),
    "PTBP": ("PTBP1", "PTBP2", "PTBP3"),
    "PUM": ("PUM1", "PUM2"),
    "RBFOX": ("RBFOX1", "RBFOX2", "RBFOX3"),
    "RBM4": ("RBM4", "RBM4B"),
    "RBMS": ("RBMS1", "RBMS2", "RBMS3"),
    "TIA": ("TIA1", "TIAL1"),
    "TRA2": ("TRA2A", "TRA2B"),
    "YBX": ("YBX1", "YBX2", "YBX3"),
    "ZFP36": ("ZFP36", "ZFP36L1", "ZFP36L2"),
}
"""Name of each family and the symbols of its members."""

_ALIASES = {
    "BRUNOL2": "CELF1", "BRUNOL3": "CELF2", "BRUNOL4": "CELF4", "BRUNOL5": "CELF5",
    "BRUNOL6": "CELF6", "HNRPLL": "HNRNPLL", "HUR": "ELAVL1", "AUF1": "HNRNPD",
    "PTB": "PTBP1", "TTP": "ZFP36",
}  # fmt: skip

_FAMILY_OF = {member: family for family, members in FAMILIES.items() for member in members}


def family_of(protein: str) -> str:
    """Return the family of a protein, or its own symbol where it has none here.

    Examples
    --------
    >>> family_of("PUM2"), family_of("BRUNOL4"), family_of("QKI")
    ('PUM', 'CELF', 'QKI')
    """
    symbol = protein.upper()
    symbol = _ALIASES.get(symbol, symbol)
    return _FAMILY_OF.get(symbol, symbol)
