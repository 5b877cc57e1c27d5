"""Mutagenesis against judging every variant by itself."""

import numpy as np
import pytest

from graphkit.attribution import integrated_gradients, mutagenesis
from graphkit.attribution.agreement import spearman
from graphkit.attribution.mutagenesis import substitutions
from graphkit.errors import InputError
from graphkit.methods import SGCLLncLocParams
from graphkit.pretrained import load
from graphkit.sequences import BREAK, encode, read_fasta
from graphkit.tasks.explain.explained_model import log_odds_of

TEXT = "ACGGUACGUNAGCCAUGCAAGGCNNACGUAGCCAUUUACG"


def by_loop(model, codes):
    f_x = model([codes])[0]
    effects = np.full((len(codes), 4), np.nan)
    for place, letter in enumerate(codes):
        if letter == BREAK:
            continue
        for to in range(4):
            variant = codes.copy()
            variant[place] = to
            effects[place, to] = model([variant])[0] - f_x
    return effects


@pytest.mark.parametrize("kind", ["regions", "fixed topology", "graphs"])
def test_effects_equal_a_loop(toys, kind):
    codes = encode(TEXT)
    small = {"embedding_dim": 4, "hidden": 4, "features": "one-hot"}
    model = {
        "regions": lambda: toys.lncloc(2),
        "fixed topology": lambda: toys.sgcl(SGCLLncLocParams(k=3, **small)),
        "graphs": lambda: toys.sgcl(SGCLLncLocParams(k=3, conv="gat", **small)),
    }[kind]()
    found = mutagenesis(model, codes)
    expected = by_loop(model, codes)
    np.testing.assert_allclose(found.effects, expected, atol=1e-5)
    np.testing.assert_allclose(found.positions.values, -expected.sum(axis=1) / 3, atol=1e-5)
    assert found.f_x == pytest.approx(model([codes])[0])


def test_the_letter_that_is_there_changes_nothing(toys):
    codes = encode(TEXT)
    effects = mutagenesis(toys.linear(), codes).effects
    there = np.flatnonzero(codes < BREAK)
    assert (effects[there, codes[there]] == 0).all()
    assert np.isnan(effects[codes == BREAK]).all()


def test_positive_where_the_nucleotide_argues_for_the_class(toys):
    model = toys.linear()
    member = model.members[0]
    for parameter in member.parameters():
        parameter.data.zero_()
    # Counts of A in AAA alone: the one run of As is what argues.
    member.node.data[0] = 1.0
    scores = mutagenesis(model, encode("CGCGAAACGCG")).positions.values
    assert (scores[4:7] > 0).all()
    assert (np.delete(scores, [4, 5, 6]) <= 0).all()


def test_too_long_a_sequence_is_refused(toys):
    with pytest.raises(InputError, match="41 nt are too long for mutagenesis"):
        mutagenesis(toys.linear(), toys.random_codes(41), max_length=40)


def test_gradients_agree_with_it_on_real_transcripts(shared):
    model = log_odds_of(load("lncloc"), "Nucleus")
    records = read_fasta(shared / "data" / "lncrna" / "sgcl_test.fasta")
    short = [encode(record.sequence) for record in records if len(record.sequence) < 450]
    found = [
        spearman(
            integrated_gradients(model, codes, steps=16).positions.values,
            mutagenesis(model, codes).positions.values,
        )
        for codes in short[:4]
    ]
    assert np.median(found) >= 0.4


def test_all_substitutions_but_those_of_breaks():
    position, letter = substitutions(encode("ANU"))
    assert position.tolist() == [0, 0, 0, 2, 2, 2]
    assert letter.tolist() == [1, 2, 3, 0, 1, 2]
