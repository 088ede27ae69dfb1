"""What is found and mended after a crash or damage."""
