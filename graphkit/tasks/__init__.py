"""Estimators of every task; the verbs over them are names of :mod:`graphkit`."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
