"""Training and evaluation of the two networks; needs the ``train`` extra."""
