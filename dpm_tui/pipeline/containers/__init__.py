"""The structure of image files, read from their bytes without a decoder."""
