"""The run on several computers: the nodes of a Dask cluster decode, fingerprint and judge for this worker."""
