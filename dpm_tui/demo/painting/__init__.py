"""Tools to paint with."""
