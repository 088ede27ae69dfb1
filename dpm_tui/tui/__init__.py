"""The app: the only package that imports textual, rich and rich_pixels."""
