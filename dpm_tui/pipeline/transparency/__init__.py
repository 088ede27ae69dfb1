"""Cut-outs, and what they become on a ground: their flattenings."""
