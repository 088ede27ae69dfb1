"""What the app shows in tests: libraries, the bin, runs, decisions."""
