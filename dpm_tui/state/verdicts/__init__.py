"""Verdicts and inspections, kept by the contents of a pair."""
