"""One flow for each command: the key is pressed, and what a person would notice is checked."""
