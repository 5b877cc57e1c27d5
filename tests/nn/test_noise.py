"""Noise of the stated size, on the stated share, in training alone."""

import torch

from graphkit.nn import GaussianNoise


def test_deviation_and_share_are_those_asked_for():
    torch.manual_seed(0)
    added = GaussianNoise(0.5, share=0.8)(torch.zeros(40_000))
    assert abs(float((added != 0).float().mean()) - 0.8) < 0.01
    assert abs(float(added[added != 0].std()) - 0.5) < 0.01


def test_it_is_drawn_anew_each_time_and_left_out_in_evaluation():
    noise, x = GaussianNoise(), torch.ones(5, 4)
    assert not torch.equal(noise(x), noise(x))
    assert torch.equal(noise.eval()(x), x)
