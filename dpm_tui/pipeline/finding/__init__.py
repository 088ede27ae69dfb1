"""Finding: whether pictures from anywhere are in a library, which stays as it is."""
