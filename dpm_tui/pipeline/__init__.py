"""From a folder to groups of copies: all stages, and what they share."""
