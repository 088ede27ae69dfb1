"""Pieces of a search for candidates, on any machine."""
