"""Checks and repairs after a crash or damage."""
