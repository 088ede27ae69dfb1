"""Two copies at full size: whether something small differs, and which of them is the better one."""
