"""Test motifs: in records not used to find them, and by breaking them."""
