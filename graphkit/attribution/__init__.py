"""Attribution: what a model relied on, carried back along the builder's provenance."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
