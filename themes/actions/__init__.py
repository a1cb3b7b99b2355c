"""What changes a firm's look."""
