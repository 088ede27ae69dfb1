"""Everything that is written below `_image_temp`."""
