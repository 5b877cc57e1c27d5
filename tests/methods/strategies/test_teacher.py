"""The teacher is the running mean of its student, and tells it what is alike."""

import pytest
import torch

from graphkit.errors import InputError
from graphkit.losses import AttentionTransfer, SimilarityTransfer
from graphkit.methods.strategies import Teacher
from graphkit.training import Guided, fit


def begun(teacher, embedder, points):
    guided = Guided(embedder, [teacher]).train()
    guided.begin(points)
    return guided


def test_it_is_the_exponential_mean_of_the_weights(points, embedder):
    teacher = Teacher(decay=0.9)
    begun(teacher, embedder, points)
    mean = None
    for value in (1.0, 2.0, 3.0):
        with torch.no_grad():
            embedder.layer.weight.fill_(value)
        teacher.follow(embedder)
        mean = value if mean is None else 0.9 * mean + 0.1 * value
    torch.testing.assert_close(teacher.model.layer.weight, torch.full((4, 6), mean))


def test_it_is_never_trained_and_drops_nothing(points, embedder, settings):
    teacher = Teacher(decay=1.0)
    guided = begun(teacher, embedder, points)
    assert not any(one.requires_grad for one in teacher.parameters())
    assert not teacher.model.training
    guided.eval().train()
    assert not teacher.model.training
    assert embedder.training
    start = embedder.layer.weight.detach().clone()
    fit(embedder, points, settings=settings, strategies=[teacher], seed=0)
    torch.testing.assert_close(teacher.model.layer.weight, start)
    assert not torch.allclose(embedder.layer.weight, start)


def test_its_terms_are_those_of_similarity_and_attention(points, embedder):
    teacher = Teacher(weight=2.0, attention=3.0)
    begun(teacher, embedder, points)
    embedder.eval()
    teacher.follow(embedder)
    with torch.no_grad():
        embedder.layer.weight.normal_()
    batch = points[[0, 1, 30, 50]]
    terms = teacher.terms(embedder, batch, torch.tensor([0, 1, 30, 50]))
    z, target = embedder.embed(batch), teacher.model.embed(batch)
    torch.testing.assert_close(terms["similarity"], 2 * SimilarityTransfer()(z, target))
    looks = AttentionTransfer()(embedder.attention(batch), teacher.model.attention(batch))
    torch.testing.assert_close(terms["attention"], 3 * looks)


def test_weights_of_nothing_add_nothing(points, embedder):
    teacher = Teacher(weight=0.0)
    begun(teacher, embedder, points)
    assert teacher.terms(embedder, points[[0, 1]], torch.tensor([0, 1])) == {}


def test_before_the_training_there_is_none():
    with pytest.raises(InputError, match="no student"):
        Teacher().model  # noqa: B018 - a property that raises
