"""Decoder processes: they may die, and may touch nothing."""
