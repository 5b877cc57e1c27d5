"""Parameters of SGCL-LncLoc."""

import pytest

from graphkit.errors import InputError
from graphkit.methods import PAPER, PAPER_TRAINING, SGCLLncLocParams


@pytest.mark.parametrize(
    "wrong",
    [
        {"k": 1},
        {"k": 9},
        {"conv": "mlp"},
        {"hidden": 0},
        {"layers": 17},
        {"dropout": 1.0},
        {"temperature": 0.0},
    ],
)
def test_parameters_out_of_range(wrong: dict[str, object]) -> None:
    with pytest.raises(InputError):
        SGCLLncLocParams(**wrong)


def test_what_the_paper_says() -> None:
    assert (PAPER.k, PAPER.embedding_dim, PAPER.hidden, PAPER.layers) == (5, 128, 256, 2)
    assert (PAPER.contrast, PAPER.temperature, PAPER.dropout) == (0.1, 0.2, 0.2)
    assert PAPER_TRAINING.lr_at(0) == pytest.approx(5e-4 / 150)
    assert PAPER_TRAINING.lr_at(149) == pytest.approx(5e-4)
    assert PAPER_TRAINING.lr_at(250) == pytest.approx(5e-4 * 2.718281828 ** (-0.5))
    assert (PAPER_TRAINING.batch_size, PAPER_TRAINING.patience) == (16, 100)
