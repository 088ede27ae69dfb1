"""The second look: copies compared at full size before one of them may go."""
