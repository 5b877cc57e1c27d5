"""graphkit: graph learning for biological sequences and spatial data.

>>> import graphkit
>>> model = graphkit.load("lncloc")
>>> model.localize(graphkit.datasets.shipped("mouse_lincrnas.fasta"))["label"].tolist()
['Nucleus', 'Nucleus', 'Cytoplasm']
"""

import lazy_loader

from graphkit.version import __version__ as __version__

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
