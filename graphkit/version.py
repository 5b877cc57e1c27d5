"""Say which version of graphkit this is."""

__version__ = "0.1.0"
