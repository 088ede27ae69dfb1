"""A review with its worker, whoever shows it: the app and the plain lines share all of it."""
