"""What a student copies from its teacher, against slow loops."""

import pytest
import torch

from graphkit.losses import AttentionTransfer, SimilarityTransfer

KINDS = pytest.mark.parametrize("dtype", [torch.float32, torch.float64])


def shares(z, i, temperature):
    unit = [one / one.norm() for one in z]
    like = torch.stack([(unit[i] @ unit[j] / temperature).exp() for j in range(len(z)) if j != i])
    return like / like.sum()


@KINDS
@pytest.mark.parametrize("temperature", [0.1, 1.0])
def test_similarity_and_its_gradient_equal_loop(dtype, temperature):
    torch.manual_seed(0)
    z, teacher = torch.randn(6, 4, dtype=dtype), torch.randn(6, 9, dtype=dtype)
    fast, slow = z.clone().requires_grad_(), z.clone().requires_grad_()
    loss = SimilarityTransfer(temperature)(fast, teacher)
    expected = 0.0
    for i in range(6):
        q, p = shares(slow, i, temperature), shares(teacher, i, temperature)
        expected = expected + (p * (p / q).log()).sum() / 6
    torch.testing.assert_close(loss, expected, atol=1e-5, rtol=1e-5)
    loss.backward()
    expected.backward()
    torch.testing.assert_close(fast.grad, slow.grad, atol=1e-5, rtol=1e-4)


@KINDS
def test_attention_and_its_gradient_equal_loop(dtype):
    torch.manual_seed(1)
    target = torch.tensor([0, 0, 0, 1, 2, 2])  # who looks along each edge
    by_node = [torch.randn(int((target == node).sum()), dtype=dtype) for node in range(3)]
    teacher = torch.cat([one.softmax(dim=0) for one in by_node])
    raw = torch.rand(6, dtype=dtype) + 0.1
    fast, slow = raw.clone().requires_grad_(), raw.clone().requires_grad_()
    loss = AttentionTransfer()(fast, teacher)
    expected = 0.0
    for node in range(3):
        for edge in range(6):
            if target[edge] == node:
                t = teacher[edge]
                expected = expected + t * (t.log() - slow[edge].log()) / 3
    torch.testing.assert_close(loss, expected, atol=1e-6, rtol=1e-5)
    loss.backward()
    expected.backward()
    torch.testing.assert_close(fast.grad, slow.grad, atol=1e-6, rtol=1e-5)


@pytest.mark.parametrize("loss", [SimilarityTransfer(), AttentionTransfer()])
def test_the_teacher_gets_no_gradient_and_who_agrees_pays_nothing(loss):
    same = torch.randn(5, 4).softmax(dim=0)[:, 0] if isinstance(loss, AttentionTransfer) else None
    same = torch.randn(5, 4) if same is None else same
    student, teacher = same.clone().requires_grad_(), same.clone().requires_grad_()
    value = loss(student, teacher)
    value.backward()
    torch.testing.assert_close(value, torch.tensor(0.0), atol=1e-6, rtol=0)
    assert teacher.grad is None


@pytest.mark.parametrize("size", [0, 1, 2])
def test_nothing_to_compare_is_zero_with_a_gradient(size):
    z = torch.randn(size, 4, requires_grad=True)
    loss = SimilarityTransfer()(z, torch.randn(size, 4))
    loss.backward()
    assert loss.item() == 0
    looks = torch.empty(0, requires_grad=True)
    AttentionTransfer()(looks, torch.empty(0)).backward()
    assert z.grad.abs().sum() == 0


def test_a_student_that_looks_away_pays_a_finite_price():
    student = torch.tensor([0.0, 1.0], requires_grad=True)
    loss = AttentionTransfer()(student, torch.tensor([1.0, 0.0]))
    loss.backward()
    assert loss.isfinite()
    assert loss > 10
    assert student.grad.isfinite().all()
