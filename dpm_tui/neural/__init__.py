"""Neural models: the only package that imports torch."""
