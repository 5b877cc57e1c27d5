"""graphkit: graph learning for biological sequences and spatial data.

>>> import graphkit
>>> model = graphkit.load("lncloc")
>>> table = model.predict(graphkit.read_fasta(graphkit.datasets.shipped("mouse_lincrnas.fasta")))
>>> table.shape[0]
3
"""

import lazy_loader

from graphkit.version import __version__ as __version__

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
