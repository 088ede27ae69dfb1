"""What was done in a review, step by step, and how it is written down."""
