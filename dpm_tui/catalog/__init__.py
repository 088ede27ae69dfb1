"""The data types that everybody shares: files, pairs and groups, as objects and in columns."""
