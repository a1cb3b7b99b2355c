"""Spanish numbers as Babel writes amounts (Django groups thousands by a space)."""

THOUSAND_SEPARATOR = "."
