"""The pictures that are trained on, and those that are held out."""
