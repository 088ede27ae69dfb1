"""Moves files to the bin, back, or deletes them for good."""
