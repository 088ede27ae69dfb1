"""The only package that imports torch: networks, weights, embedder."""
