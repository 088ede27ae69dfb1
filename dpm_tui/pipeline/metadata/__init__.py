"""What people and cameras wrote about a picture, and how it gets into an XMP side file."""
