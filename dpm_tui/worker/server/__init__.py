"""The server of the worker: clients, requests and answers."""
