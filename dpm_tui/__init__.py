"""Finds and cleans up duplicate and near-duplicate pictures in a terminal."""

__version__ = "0.1.0"
