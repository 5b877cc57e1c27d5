"""Data whose truth is known: simulated transcripts and tissue, and the small files that ship."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
