"""The weights of the two networks, their manifest and the code that made them."""
