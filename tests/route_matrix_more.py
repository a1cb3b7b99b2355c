"""The rows of what leaves as files (tests/route_matrix.py says what they mean)."""

TAKEN_AWAY = """
order-schema                         GET   200 200 200 200 200 200 200
order-schema                         POST  405 405 405 405 405 405 405
order-json                           GET   L   404 404 200 200 404 404
order-json                           POST  405 405 405 405 405 405 405
order-xml                            GET   L   404 404 200 200 404 404
order-xml                            POST  405 405 405 405 405 405 405
order-ics                            GET   L   404 404 200 200 404 404
order-ics                            POST  405 405 405 405 405 405 405
dossier-whole                        GET   L   404 404 200 200 404 404
dossier-whole                        POST  405 405 405 405 405 405 405
"""
