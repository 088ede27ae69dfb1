"""Two copies at full size, brought over each other and measured: which of them holds more."""
