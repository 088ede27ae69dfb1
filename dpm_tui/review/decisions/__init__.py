"""What a person decided about contents: not duplicates, variants."""
