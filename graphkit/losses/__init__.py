"""Losses, called as those of pytorch-metric-learning are; likelihoods are called otherwise."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
