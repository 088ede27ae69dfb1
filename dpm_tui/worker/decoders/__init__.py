"""Decoder processes: they may die, and a sandbox limits them."""
