"""Why one file is better or worse than another, and where two differ."""
