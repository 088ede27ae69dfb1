"""The decision on each candidate pair, made on thumbnails."""
