from graphkit.motifs import (
    KNOWN_ELEMENTS,
    Enrichment,
    KnockOut,
    Match,
    Motif,
    MotifResult,
    MotifTable,
)

MOTIF = Motif.from_consensus("UGUANAUA", name="M1_UGUANAUA", n_sites=12)


def test_a_bare_row_has_every_column():
    bare = MotifResult(motif=MOTIF, favours="Nucleus", n_transcripts=3).row()
    full = MotifResult(
        motif=MOTIF,
        favours="Nucleus",
        n_transcripts=3,
        descriptive=False,
        enrichment=Enrichment(4.0, 2.0, 8.0, 0.01, 0.02, (0.1, 0.3), (40, 50)),
        knock_out=KnockOut(-0.5, -0.7, -0.3, 0.01, 9, 12),
        matches=(
            Match("PUM2_1", "PUM2", "PUM", 0, 8, 1e-6, 1e-4),
            Match("PUM1_1", "PUM1", "PUM", 0, 8, 1e-5, 1e-3),
            Match("QKI_1", "QKI", "QKI", 0, 6, 1e-3, 0.09),
        ),
        known=KNOWN_ELEMENTS[-1:],
    ).row()
    assert list(bare) == list(full)
    assert bare["p"] is bare["q"] is bare["knock_out"] is bare["best_match"] is None
    assert bare["descriptive"] is True
    assert full["log2_odds_ratio"] == 2.0
    assert full["rbp_families"] == "PUM; QKI"
    assert (full["best_match"], full["best_match_q"]) == ("PUM2_1", 1e-4)
    assert full["consistent_with"] == "Pumilio response element"
    assert (full["q"], full["knock_out_low"], full["sites"]) == (0.02, -0.7, 12)


def test_table_gives_motifs_and_rows_in_order():
    rows = tuple(
        MotifResult(motif=MOTIF.renamed(name), favours="1", n_transcripts=1) for name in "ab"
    )
    table = MotifTable(
        rows=rows, classes=("0", "1"), n_tracks=5, n_seqlets=9, n_tested=0, descriptive=True
    )
    assert [m.name for m in table.motifs] == ["a", "b"]
    assert [row["motif"] for row in table.table()] == ["a", "b"]
    assert (rows[0].name, rows[0].consensus, rows[0].n_sites, rows[0].p, rows[0].q) == (
        "a", "UGUANAUA", 12, None, None,
    )  # fmt: skip
