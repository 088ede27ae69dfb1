"""What travels between the worker and its clients."""
