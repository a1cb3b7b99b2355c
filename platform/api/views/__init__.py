"""Endpoints, a module a noun."""
