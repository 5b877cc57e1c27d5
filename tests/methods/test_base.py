"""What a method of your own has to bring, and what it gets for nothing."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from graphkit.errors import InputError
from graphkit.methods import SequenceMethod


class Constant(SequenceMethod):
    """Gives every example the same log-odds; its inputs are whatever it was asked for."""

    @classmethod
    def inputs(cls, codes: Any, params: Any, *, y: Any = None) -> Any:
        return SimpleNamespace(codes=codes, params=params, y=y)

    def logits(self, data: Any, **inputs: Any) -> torch.Tensor:
        return torch.tensor([[0.0, 1.0, -1.0]]).expand(data, 3)


def test_training_sees_the_same_inputs_unless_a_method_varies_them() -> None:
    codes = [np.zeros(5, dtype=np.uint8)]
    seen = Constant.training_inputs(codes, "params", y=[1], seed=3)
    assert seen == Constant.inputs(codes, "params", y=[1])


def test_classes_and_parameters_are_kept() -> None:
    method = Constant(["A", "B"], "params")
    assert (method.classes, method.params) == (("A", "B"), "params")


@pytest.mark.parametrize(
    "call",
    [
        lambda: SequenceMethod.inputs([], None),
        lambda: SequenceMethod(("A", "B")).logits(None),
        lambda: SequenceMethod(("A", "B")).embed(None),
        lambda: SequenceMethod(("A", "B")).step(None),
    ],
    ids=["inputs", "logits", "embed", "step"],
)
def test_the_rest_must_be_written(call: Any) -> None:
    with pytest.raises(NotImplementedError):
        call()


class Biased(Constant):
    """Has a weight that is drawn."""

    def __init__(self, classes: Any, params: Any = None) -> None:
        super().__init__(classes, params)
        self.layer = torch.nn.Linear(2, 2)


def test_fresh_weights_depend_on_the_seed_and_leave_the_callers_generator() -> None:
    state = torch.random.get_rng_state()
    a, b, c = (
        Biased.fresh(("A", "B"), None, [], y=[], seed=seed).layer.weight for seed in (0, 0, 1)
    )
    assert torch.equal(torch.random.get_rng_state(), state)
    assert torch.equal(a, b)
    assert not torch.equal(a, c)


def test_what_explains_it_is_known_by_what_it_answers() -> None:
    method = Constant(("A", "B"))
    assert method.side_baseline() is None
    assert Constant.builder(None) is None
    assert method.refusal("attention") == "Constant shows no attention"
    assert "no builder" in str(method.refusal("gradients"))
    with pytest.raises(InputError, match="Constant shows no attention"):
        method.attention(None)
