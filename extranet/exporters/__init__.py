"""What leaves the portal as a file made for the occasion."""
