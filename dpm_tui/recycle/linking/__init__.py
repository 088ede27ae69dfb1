"""Links in the place of identical files: how they are proven, made, placed, and put away again."""
