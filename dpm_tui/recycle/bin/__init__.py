"""What lies in the bins of a root, and the log of what was done."""
