"""The rows of the settings' own pages in the route matrix (tests/route_matrix.py says what they mean)."""

SETTINGS = """
settings                             GET   L   404 404 404 200 404 200
settings                             POST  405 405 405 405 405 405 405
settings-mode                        GET   405 405 405 405 405 405 405
settings-mode                        POST  L   404 404 R   R   404 R
"""
