"""Which pairs of pictures are worth a look."""
