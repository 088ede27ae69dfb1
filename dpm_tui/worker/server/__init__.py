"""Who is served by the worker, and with what."""
