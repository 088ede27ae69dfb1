"""The table of image files: journal, shards and their manifest."""
