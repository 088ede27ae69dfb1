"""Files that belong to a picture and move with it."""
