"""The rows of the settings' own pages in the route matrix (tests/route_matrix.py says what they mean)."""

SETTINGS = """
branding-edit                        GET   L   404 404 404 200 404 200
branding-edit                        POST  L   404 404 404 R   404 R
team-list                            GET   L   404 404 404 200 404 200
team-list                            POST  405 405 405 405 405 405 405
team-new                             GET   L   404 404 404 200 404 200
team-new                             POST  L   404 404 404 R   404 R
team-edit                            GET   L   404 404 404 200 404 404
team-edit                            POST  L   404 404 404 R   404 404
team-codes                           GET   405 405 405 405 405 405 405
team-codes                           POST  L   404 404 404 R   404 404
accessibility                        GET   200 200 200 200 200 200 200
accessibility                        POST  405 405 405 405 405 405 405
branding-undo                        GET   405 405 405 405 405 405 405
branding-undo                        POST  L   404 404 404 R   404 R
settings-log                         GET   L   404 404 404 200 404 200
settings-log                         POST  405 405 405 405 405 405 405
settings-export                      GET   L   404 404 404 200 404 200
settings-export                      POST  405 405 405 405 405 405 405
archive-new                          GET   405 405 405 405 405 405 405
archive-new                          POST  L   404 404 404 R   404 R
archive-download                     GET   L   404 404 404 R   404 404
archive-download                     POST  405 405 405 405 405 405 405
archive-remove                       GET   405 405 405 405 405 405 405
archive-remove                       POST  L   404 404 404 R   404 404
settings                             GET   L   404 404 404 200 404 200
settings                             POST  405 405 405 405 405 405 405
settings-mode                        GET   405 405 405 405 405 405 405
settings-mode                        POST  L   404 404 R   R   404 R
"""
