"""Motifs of the sample library."""
