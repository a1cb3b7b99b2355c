"""What is read of how we write."""
