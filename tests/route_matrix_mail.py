"""The rows of the mail server and the log of mails in the route matrix (tests/route_matrix.py says what they mean)."""

MAIL = """
settings-mail-server                 GET   L   404 404 404 200 404 200
settings-mail-server                 POST  L   404 404 404 R   404 R
mail-server-trial                    GET   405 405 405 405 405 405 405
mail-server-trial                    POST  L   404 404 404 R   404 R
mail-server-aside                    GET   405 405 405 405 405 405 405
mail-server-aside                    POST  L   404 404 404 R   404 R
mail-server-hints                    GET   L   404 404 404 200 404 200
mail-server-hints                    POST  405 405 405 405 405 405 405
mail-list                            GET   L   404 404 404 200 404 200
mail-list                            POST  405 405 405 405 405 405 405
mail-export                          GET   L   404 404 404 200 404 200
mail-export                          POST  405 405 405 405 405 405 405
mail-alerts                          GET   L   404 404 200 200 404 200
mail-alerts                          POST  405 405 405 405 405 405 405
mail-resend-failed                   GET   405 405 405 405 405 405 405
mail-resend-failed                   POST  L   404 404 404 R   404 R
mail-detail                          GET   L   404 404 404 200 404 404
mail-detail                          POST  405 405 405 405 405 405 405
mail-body                            GET   L   404 404 404 200 404 404
mail-body                            POST  405 405 405 405 405 405 405
mail-resend                          GET   405 405 405 405 405 405 405
mail-resend                          POST  L   404 404 404 R   404 404
mail-stopped                         GET   L   404 404 404 200 404 200
mail-stopped                         POST  405 405 405 405 405 405 405
mail-use-again                       GET   405 405 405 405 405 405 405
mail-use-again                       POST  L   404 404 R   R   404 404
"""
