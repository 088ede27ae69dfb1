"""Vectors and candidates of each model."""
