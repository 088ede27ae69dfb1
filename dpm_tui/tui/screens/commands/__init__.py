"""Commands that several screens share."""
