"""The rows of messages in the route matrix (tests/route_matrix.py says what they mean)."""

MESSAGES = """
message-list                         GET   L   200 200 200 200 200 200
message-list                         POST  405 405 405 405 405 405 405
message-export                       GET   L   200 200 200 200 200 200
message-export                       POST  405 405 405 405 405 405 405
message-count                        GET   L   200 200 200 200 200 200
message-count                        POST  405 405 405 405 405 405 405
message-new                          GET   L   200 200 200 200 200 200
message-new                          POST  L   R   R   R   R   R   422
message-upload                       GET   405 405 405 405 405 405 405
message-upload                       POST  L   400 400 400 400 400 400
message-detail                       GET   L   200 404 200 200 404 404
message-detail                       POST  405 405 405 405 405 405 405
message-reply                        GET   L   R   404 R   R   404 404
message-reply                        POST  L   R   404 R   R   404 404
message-cancel                       GET   405 405 405 405 405 405 405
message-cancel                       POST  L   R   404 404 404 404 404
message-unread                       GET   405 405 405 405 405 405 405
message-unread                       POST  L   404 404 R   R   404 404
message-file                         GET   L   200 404 200 200 404 404
message-file                         POST  405 405 405 405 405 405 405
message-model-list                   GET   L   404 404 200 200 404 200
message-model-list                   POST  405 405 405 405 405 405 405
message-model-new                    GET   L   404 404 200 200 404 200
message-model-new                    POST  L   404 404 R   R   404 R
message-model-fill                   GET   L   404 404 204 204 404 204
message-model-fill                   POST  405 405 405 405 405 405 405
message-model-edit                   GET   L   404 404 200 200 404 404
message-model-edit                   POST  L   404 404 R   R   404 404
message-model-delete                 GET   405 405 405 405 405 405 405
message-model-delete                 POST  L   404 404 R   R   404 404
dossier-messages                     GET   L   200 404 200 200 404 404
dossier-messages                     POST  L   R   404 R   R   404 404
"""
