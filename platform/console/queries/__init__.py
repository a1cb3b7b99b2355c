"""What the console reads."""
