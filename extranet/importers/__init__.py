"""What comes into the portal as a file of many rows."""
