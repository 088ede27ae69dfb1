"""A node of a cluster: what runs in the worker processes of Dask, and what it is asked."""
