"""Text messages: numbers, lengths, hours and texts; the providers that carry them."""
