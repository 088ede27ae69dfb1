"""Which files there are below the root, and which of them are new."""
