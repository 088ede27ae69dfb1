"""Decisions and marks of a person, which cannot be made again."""
