"""Rows of styled text, one file a screen or list."""
