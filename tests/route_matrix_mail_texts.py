"""The rows of mails' texts in the route matrix (tests/route_matrix.py says what they mean)."""

MAIL_TEXTS = """
settings-mails                       GET   L   404 404 404 200 404 200
settings-mails                       POST  405 405 405 405 405 405 405
settings-mail                        GET   L   404 404 404 200 404 200
settings-mail                        POST  L   404 404 404 R   404 R
settings-mail-preview                GET   405 405 405 405 405 405 405
settings-mail-preview                POST  L   404 404 404 200 404 200
settings-mail-shown                  GET   L   404 404 404 200 404 200
settings-mail-shown                  POST  405 405 405 405 405 405 405
settings-mail-trial                  GET   405 405 405 405 405 405 405
settings-mail-trial                  POST  L   404 404 404 200 404 200
settings-mail-default                GET   405 405 405 405 405 405 405
settings-mail-default                POST  L   404 404 404 R   404 R
settings-mail-restore                GET   405 405 405 405 405 405 405
settings-mail-restore                POST  L   404 404 404 R   404 404
"""
