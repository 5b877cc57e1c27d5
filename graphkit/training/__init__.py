"""Train any method that has ``step``, and save models as folders that hold no code.

Names load on first use, so that reading a model folder does not pay for the training loop.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
