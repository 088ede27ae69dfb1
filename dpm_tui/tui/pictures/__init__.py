"""Pictures in cells."""
