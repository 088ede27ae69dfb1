"""Previews: pictures in panes, with captions, in cells or in pixels."""
