"""Moves pictures to the recycle bin and back; the only code that moves or deletes a user's file."""
