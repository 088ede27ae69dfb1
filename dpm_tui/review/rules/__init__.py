"""Which file of a group is kept, and which copies a rule leaves alone."""
