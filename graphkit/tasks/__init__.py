"""Tasks: what a user asks for."""
