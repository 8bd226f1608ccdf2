"""Engines run a model over many pictures."""
