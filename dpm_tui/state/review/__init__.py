"""What a person said: it cannot be made again."""
