"""Everything that is written under `_image_temp`."""
