"""The rows of keys and of the API's documentation in the route matrix (tests/route_matrix.py says what they mean).

The endpoints themselves are in tests/api/matrix.py: they know keys, not sessions.
"""

API = """
api-key-list                         GET   L   200 200 200 200 200 200
api-key-list                         POST  405 405 405 405 405 405 405
api-key-new                          GET   L   200 200 200 200 200 200
api-key-new                          POST  L   201 201 201 201 201 201
api-key-revoke                       GET   405 405 405 405 405 405 405
api-key-revoke                       POST  L   404 404 R   R   404 404
api-openapi                          GET   200 200 200 200 200 200 200
api-openapi                          POST  405 405 405 405 405 405 405
api-docs                             GET   200 200 200 200 200 200 200
api-docs                             POST  405 405 405 405 405 405 405
api-docs-guide                       GET   200 200 200 200 200 200 200
api-docs-guide                       POST  405 405 405 405 405 405 405
api-docs-problems                    GET   200 200 200 200 200 200 200
api-docs-problems                    POST  405 405 405 405 405 405 405
api-docs-changelog                   GET   200 200 200 200 200 200 200
api-docs-changelog                   POST  405 405 405 405 405 405 405
api-client-file                      GET   200 200 200 200 200 200 200
api-client-file                      POST  405 405 405 405 405 405 405
"""
