"""Bytes to upright sRGB thumbnails and facts."""
