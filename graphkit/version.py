"""Say which version of graphkit this is."""

__version__ = "0.2.0"
