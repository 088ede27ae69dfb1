"""Results for other programs and for printing: JSON, CSV."""
