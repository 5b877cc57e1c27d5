"""What the training set says of a query."""

from pathlib import Path

import numpy as np
import pytest
import torch

from graphkit.errors import InputError
from graphkit.sequences import Sketches
from graphkit.tasks.localize.known_transcripts import Known, KnownTranscripts

CLASSES = ("Cytoplasm", "Nucleus")
LENGTHS = (68, 300, 2500)
FILE = Path("model.safetensors")


@pytest.fixture
def codes() -> list[np.ndarray]:
    generator = np.random.default_rng(0)
    return [generator.integers(0, 4, n).astype(np.uint8) for n in LENGTHS]


@pytest.fixture
def known(codes: list[np.ndarray]) -> KnownTranscripts:
    return KnownTranscripts.of(codes, ["Nucleus", "Cytoplasm", "Nucleus"], classes=CLASSES)


def test_label_of_what_was_seen(known: KnownTranscripts, codes: list[np.ndarray]) -> None:
    assert [known.lookup(c) for c in codes] == [
        Known("Nucleus", 1.0, 1.0, nearly_identical=True),
        Known("Cytoplasm", 1.0, 1.0, nearly_identical=True),
        Known("Nucleus", 1.0, 1.0, nearly_identical=True),
    ]
    assert known.lookup(codes[0][::-1]) is None


def test_a_piece_is_related(known: KnownTranscripts, codes: list[np.ndarray]) -> None:
    found = known.lookup(codes[2][:600])
    assert found is not None
    assert (found.label, found.query_coverage, found.nearly_identical) == ("Nucleus", 1.0, False)
    assert found.reference_coverage == pytest.approx(0.24, abs=0.08)


def test_labels_that_differ_are_all_told(codes: list[np.ndarray]) -> None:
    twice = KnownTranscripts.of(
        [codes[1], codes[1], codes[1], codes[2]],
        ["Nucleus", "Cytoplasm", "Nucleus", "Nucleus"],
        classes=CLASSES,
    )
    assert twice.lookup(codes[1]) == Known("Cytoplasm/Nucleus", 1.0, 1.0, nearly_identical=True)
    assert twice.lookup(codes[2]) == Known("Nucleus", 1.0, 1.0, nearly_identical=True)


def test_round_trip(known: KnownTranscripts, codes: list[np.ndarray]) -> None:
    again = KnownTranscripts.from_tensors(known.tensors(), classes=CLASSES, file=FILE)
    assert [again.lookup(c) for c in codes] == [known.lookup(c) for c in codes]
    for name, tensor in known.tensors().items():
        assert torch.equal(again.tensors()[name], tensor)
    # Half of all hashes have the bit that is the sign of what is stored.
    assert (known.tensors()["known.hashes"] < 0).any()


def test_nothing_known_is_sound() -> None:
    empty = KnownTranscripts.of([], [], classes=CLASSES)
    again = KnownTranscripts.from_tensors(empty.tensors(), classes=CLASSES, file=FILE)
    assert again.lookup(np.zeros(100, dtype=np.uint8)) is None


def test_only_hashes_and_classes_are_stored(known: KnownTranscripts) -> None:
    tensors = known.tensors()
    assert sorted(tensors) == ["known.hashes", "known.labels", "known.levels", "known.offsets"]
    assert tensors["known.hashes"].numel() < sum(LENGTHS) / 4
    assert tensors["known.labels"].tolist() == [1, 0, 1]


@pytest.mark.parametrize(
    ("name", "tensor", "message"),
    [
        ("labels", torch.tensor([1, 0, 2], dtype=torch.int16), "labels: are not classes"),
        ("labels", torch.tensor([1, 0, -1], dtype=torch.int16), "labels: are not classes"),
        ("labels", torch.tensor([1, 0], dtype=torch.int16), "labels: do not fit"),
        ("labels", torch.tensor([1.0, 0.0, 1.0]), "labels: is of the wrong kind"),
        ("levels", torch.tensor([0, 0, 99], dtype=torch.uint8), "levels: are not 0 to 4"),
        ("offsets", torch.tensor([0, 500, 100, 1]), "offsets: "),
        ("offsets", torch.tensor([0, 10**12, 10**12, 10**15]), "offsets: do not fit"),
        ("hashes", torch.zeros(5, dtype=torch.int32), "offsets: do not fit"),
        ("hashes", torch.zeros((2, 2), dtype=torch.int32), "hashes: is of the wrong kind"),
        ("hashes", torch.zeros(5, dtype=torch.int64), "hashes: is of the wrong kind"),
        ("names", torch.zeros(3), "names: is unknown"),
        ("labels", None, "labels: is missing"),
    ],
)
def test_tensors_that_do_not_fit(
    known: KnownTranscripts, name: str, tensor: torch.Tensor | None, message: str
) -> None:
    tensors = known.tensors()
    if tensor is None:
        del tensors[f"known.{name}"]
    else:
        tensors[f"known.{name}"] = tensor
    with pytest.raises(InputError, match=rf"model\.safetensors, known\.{message}"):
        KnownTranscripts.from_tensors(tensors, classes=CLASSES, file=FILE)


def test_hashes_out_of_order_are_refused(known: KnownTranscripts) -> None:
    tensors = known.tensors()
    tensors["known.hashes"] = tensors["known.hashes"].flip(0)
    with pytest.raises(InputError, match=r"known\.hashes: are not in order"):
        KnownTranscripts.from_tensors(tensors, classes=CLASSES, file=FILE)


def test_labels_do_not_change() -> None:
    labels = np.array([0], dtype=np.int16)
    known = KnownTranscripts(Sketches.of([np.zeros(9, dtype=np.uint8)]), labels, CLASSES)
    labels[0] = 1
    assert known.labels.tolist() == [0]
    with pytest.raises(ValueError, match="read-only"):
        known.labels[0] = 1


def test_what_was_measured_is_that_of_the_transcript_seen_in_most_lines(codes) -> None:
    measured = np.array([[1.5, 9.0, 1], [-2.0, 0.5, 4], [0.0, 0.0, 0]], dtype=np.float32)
    twice = [codes[1], codes[1], codes[2]]
    known = KnownTranscripts.of(twice, ["Nucleus"] * 3, classes=CLASSES, measured=measured)
    assert known.lookup(codes[1]).measured == (-2.0, 0.5, 4)
    assert known.lookup(codes[2]).measured == (None, None, None)
    once = KnownTranscripts.of(twice[:1], ["Nucleus"], classes=CLASSES, measured=measured[:1])
    # One line has no spread, whatever is stored.
    assert once.lookup(codes[1]).measured == (1.5, None, 1)


@pytest.mark.parametrize(
    "wrong",
    [torch.zeros(3, 2), torch.zeros(2, 3), torch.zeros(3, 3, dtype=torch.float64)],
)
def test_measurements_that_do_not_fit_are_refused(known: KnownTranscripts, wrong) -> None:
    tensors = known.tensors() | {"known.measured": wrong}
    with pytest.raises(InputError, match=r"known\.measured"):
        KnownTranscripts.from_tensors(tensors, classes=CLASSES, file=FILE)
