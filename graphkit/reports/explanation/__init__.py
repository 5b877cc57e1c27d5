"""Write the tables, tracks and page of ``explain``."""
