"""What the automatic choice between the models learns from, and its fit."""
