"""Strategies: what any method's training may add, one file each.

They are handed to :func:`graphkit.training.fit` as ``strategies=[...]``, one or several, and look
at a method through its ``embed`` alone.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
