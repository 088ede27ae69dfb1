"""Cut-outs (pictures with transparency), and their flattenings on a background."""
