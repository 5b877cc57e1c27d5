"""Attribution: what a model relied on, carried back along the builder's provenance."""

from graphkit.attribution.attention import attention_track

__all__ = ["attention_track"]
