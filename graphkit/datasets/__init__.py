"""Simulate data whose truth is known, and find the small files that ship."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
