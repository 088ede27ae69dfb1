"""Files opened within limits and loaded, with a strict look at whether they are whole."""
