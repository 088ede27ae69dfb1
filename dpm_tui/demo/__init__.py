"""Demo: a painted sample library with known duplicates, to try the app without risk."""
