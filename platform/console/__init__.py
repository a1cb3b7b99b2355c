"""The operators' console, on a host of its own."""
