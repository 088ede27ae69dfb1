"""What differs between two aligned pictures."""
