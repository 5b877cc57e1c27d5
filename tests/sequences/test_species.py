"""Headers that show a species, and those that show none."""

import pytest

from graphkit.sequences.species import species_of


@pytest.mark.parametrize(
    ("header", "species"),
    [
        ("ENST00000456328.2|ENSG00000290825.1|-|-|X-202|X|1657|lncRNA|", "Homo sapiens"),
        ("ENST00000504943|Nucleus", "Homo sapiens"),
        ("ENSMUST00000180479.1 cdna gene:ENSMUSG00000097770.1", "Mus musculus"),
        ("ENSRNOT00000012345.6", "Rattus norvegicus"),
        ("ENSFCAT00000012345.6", "a species that Ensembl calls ENSFCA"),
        ("NONHSAT000002.2", "Homo sapiens"),
        ("NONMMUT000004.2", "Mus musculus"),
        ("NR_131212.1 Mus musculus Xist, long non-coding RNA", "Mus musculus"),
        ("URS00000478B7_9606 Homo sapiens (human) MALAT1", "Homo sapiens"),
        ("FBtr0347585 type=ncRNA; loc=3R", "Drosophila melanogaster"),
        ("AT1G03420.1 | lncRNA", "Arabidopsis thaliana"),
        ("x [organism=Danio rerio] [gene=malat1]", "Danio rerio"),
        ("YPL000C-like", None),
        ("MSTRG.12.1 gene=MSTRG.12", None),
        ("", None),
    ],
)  # fmt: skip
def test_species(header, species):
    assert species_of(header) == species
