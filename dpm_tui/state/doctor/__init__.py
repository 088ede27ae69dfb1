"""Checks of the state that change nothing, each with a repair."""
