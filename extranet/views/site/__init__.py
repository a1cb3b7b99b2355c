"""The firm's site as visitors see it."""
