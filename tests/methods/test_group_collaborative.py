"""A teacher gives groups and similarities to any encoder."""

from dataclasses import replace

import torch
from sklearn.metrics import adjusted_rand_score

from graphkit.losses import MultiSimilarityLoss
from graphkit.methods import GroupCollaborative, GroupParams
from graphkit.training import Numbered, embed_all


def test_groups_are_the_teachers_and_both_find_the_types(few_cells, truth):
    method = GroupCollaborative(few_cells.network(0), 3, data=few_cells.whole)
    few_cells.train(method, few_cells.thinned(0), seed=0)
    assert adjusted_rand_score(truth, method.strategies[1].labels) > 0.8
    student, teacher = (embed_all(one, few_cells.whole) for one in (method.method, method.teacher))
    assert student.shape == teacher.shape == (120, 6)
    assert not torch.allclose(student, teacher)


def test_attention_is_distilled_where_there_is_some(few_cells):
    cells = replace(few_cells, recipe=replace(few_cells.recipe, encoder="gat"))
    method = GroupCollaborative(cells.network(0), 3, GroupParams(attention=1.0))
    method.begin(cells.thinned(0))
    terms = method.step(Numbered(cells.thinned(0))[[0, 1, 2, 3]])
    assert {"counts", "similarity", "attention"} == set(terms)


def test_the_loss_may_be_ones_own(few_cells):
    loss = MultiSimilarityLoss()
    method = GroupCollaborative(few_cells.network(0), 3, loss=loss)
    assert method.strategies[1].loss is loss
