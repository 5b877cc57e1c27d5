"""Position scores -> seqlets -> motifs -> known motifs; numpy, scipy and Biopython, no torch."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
