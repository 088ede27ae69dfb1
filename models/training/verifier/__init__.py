"""The small networks of the comparison: their pairs, fits and measures."""
