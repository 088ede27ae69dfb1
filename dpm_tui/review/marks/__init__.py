"""Keep or remove: the marks as they are now, what a rule suggests, and the plan."""
