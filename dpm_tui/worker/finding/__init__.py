"""Finding pictures from anywhere in the library of the worker."""
