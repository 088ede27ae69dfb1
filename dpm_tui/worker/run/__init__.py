"""A run of the pipeline inside the worker."""
