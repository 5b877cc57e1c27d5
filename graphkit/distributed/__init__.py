"""The verbs for sequences on many cores or machines, by Ray (extra ``[ray]``): the same answers.

Ray is imported when a verb runs. Every machine needs graphkit and its dependencies installed.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
