"""How bytes reach the disk and come back, and where they lie."""
