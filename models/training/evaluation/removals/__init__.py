"""What the app would remove from a library of families, held against what is true of every file."""
