"""Find the species of a record in its header."""

from __future__ import annotations

import re

HUMAN = "Homo sapiens"

# Letters of Ensembl and of NONCODE for a species; Ensembl has none for human.
_ENSEMBL = {
    "": HUMAN,
    "BTA": "Bos taurus",
    "CAF": "Canis lupus familiaris",
    "DAR": "Danio rerio",
    "GAL": "Gallus gallus",
    "MMU": "Macaca mulatta",
    "MUS": "Mus musculus",
    "PTR": "Pan troglodytes",
    "RNO": "Rattus norvegicus",
    "SSC": "Sus scrofa",
    "XET": "Xenopus tropicalis",
}
_NONCODE = {
    "HSA": HUMAN,
    "MMU": "Mus musculus",
    "RAT": "Rattus norvegicus",
    "DRE": "Danio rerio",
    "GGA": "Gallus gallus",
    "BTA": "Bos taurus",
}
_OWN = (
    (re.compile(r"FB(?:tr|gn)\d{7}"), "Drosophila melanogaster"),
    (re.compile(r"AT[1-5CM]G\d{5}", re.IGNORECASE), "Arabidopsis thaliana"),
    (re.compile(r"WBGene\d{8}"), "Caenorhabditis elegans"),
    (re.compile(r"Y[A-P][LR]\d{3}[WC](?![\w-])"), "Saccharomyces cerevisiae"),
)
_LATIN = {
    *_ENSEMBL.values(),
    *_NONCODE.values(),
    *(name for _, name in _OWN),
    "Oryza sativa",
    "Zea mays",
    "Macaca fascicularis",
    "Oryctolagus cuniculus",
    "Ovis aries",
    "Xenopus laevis",
}
_ENSEMBL_ID = re.compile(r"\bENS([A-Z]{3,4})?T\d{11}")
_NONCODE_ID = re.compile(r"\bNON([A-Z]{3})[TG]\d{6}")
_NAMED = re.compile("|".join(sorted(map(re.escape, _LATIN), key=len, reverse=True)))


def species_of(header: str) -> str | None:
    """Return the species that a header shows, by its kind of identifier or by its Latin name.

    Parameters
    ----------
    header
        Without its ``>``.

    Returns
    -------
    str or None
        The Latin name; of a species that Ensembl knows and this list does not, its letters, such as
        ``"a species that Ensembl calls ENSFCA"``; None where nothing shows it.

    Examples
    --------
    >>> species_of("ENSMUST00000180479.1|ENSMUSG00000097770.1|-|-|Gm26776-201|Gm26776|1872|")
    'Mus musculus'
    >>> species_of("NR_002819.4 Homo sapiens metastasis associated (MALAT1), long non-coding RNA")
    'Homo sapiens'
    >>> species_of("my_transcript") is None
    True
    """
    ensembl, noncode = _ENSEMBL_ID.search(header), _NONCODE_ID.search(header)
    if ensembl:
        letters = ensembl[1] or ""
        return _ENSEMBL.get(letters, f"a species that Ensembl calls ENS{letters}")
    if noncode:
        return _NONCODE.get(noncode[1], f"a species that NONCODE calls {noncode[1]}")
    for pattern, name in _OWN:
        if pattern.match(header):
            return name
    named = _NAMED.search(header)
    return named[0] if named else None
