"""The groups under review, and how one looks into them."""
