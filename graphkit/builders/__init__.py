"""Build graphs of sequences, tissues and cells, and say where their nodes came from."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
