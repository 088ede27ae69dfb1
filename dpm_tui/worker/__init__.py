"""The process boundary: server, client and the protocol between them."""
