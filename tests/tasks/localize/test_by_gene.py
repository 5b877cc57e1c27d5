from graphkit.tasks.localize.by_gene import longest_isoforms
from graphkit.types import Prediction


def prediction(name, gene, length, label, symbol=None):
    if label is None:
        return Prediction(name, gene, symbol, length, "not_predicted: too short")
    return Prediction(name, gene, symbol, length, "predicted", label, (0.5, 0.5))


def rows(*predictions):
    return [(r.prediction.id, *r.row().values()) for r in longest_isoforms(predictions)]


def test_genes_come_in_the_order_of_their_first_record():
    assert rows(
        prediction("a1", "a", 10, "Nucleus"),
        prediction("b1", "b", 10, "Nucleus"),
        prediction("a2", "a", 30, "Cytoplasm"),
        prediction("alone", None, 5, "Nucleus"),
        prediction("a3", "a", 20, "Nucleus"),
    ) == [
        ("a2", 3, "no", "Cytoplasm 1, Nucleus 2"),
        ("b1", 1, None, "Nucleus 1"),
        ("alone", 1, None, "Nucleus 1"),
    ]


def test_uncertain_isoforms_do_not_disagree():
    one = prediction("a1", "a", 10, "uncertain")
    two = prediction("a2", "a", 9, "Nucleus")
    three = prediction("a3", "a", 8, "Nucleus")
    assert rows(one, two)[0][2] is None
    assert rows(one, two, three)[0][2] == "yes"


def test_sets_of_labels_disagree_too_and_none_is_one():
    both = prediction("a1", "a", 10, "Cytosol;Nucleus")
    assert rows(both, prediction("a2", "a", 9, "none"))[0][2] == "no"
    assert rows(both, prediction("a2", "a", 9, "Cytosol;Nucleus"))[0][2] == "yes"


def test_versions_of_a_gene_and_symbols_without_gene_are_one_gene():
    assert len(rows(*(prediction("t", f"ENSG00000000001.{v}", 1, "Nucleus") for v in "12"))) == 1
    assert len(rows(*(prediction("t", None, 1, "Nucleus", symbol=s) for s in "aab"))) == 2


def test_a_refused_longest_transcript_is_told():
    found = list(
        longest_isoforms(
            [prediction("short", "a", 10, "Nucleus"), prediction("long", "a", 99, None)]
        )
    )
    assert [row.prediction.id for row in found] == ["short"]
    assert found[0].prediction.warnings == (
        "a longer transcript, long, was not predicted: too short",
    )
    assert found[0].row()["isoform_labels"] == "Nucleus 1, not_predicted 1"


def test_a_gene_with_nothing_predicted_keeps_its_longest():
    assert rows(prediction("a", "g", 1, None), prediction("b", "g", 2, None)) == [
        ("b", 2, None, "not_predicted 2")
    ]


def test_records_without_gene_go_out_at_once():
    def endless():
        while True:
            yield prediction("x", None, 1, "Nucleus")

    assert next(longest_isoforms(endless())).prediction.id == "x"
