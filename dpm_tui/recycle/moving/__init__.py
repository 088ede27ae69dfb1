"""Files on their way: to the bin, back, or away for good."""
