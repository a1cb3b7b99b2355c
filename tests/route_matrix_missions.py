"""The rows of mission orders in the route matrix (tests/route_matrix.py says what they mean)."""

MISSIONS = """
settings-mission                     GET   L   404 404 404 200 404 200
settings-mission                     POST  L   404 404 404 R   404 R
settings-mission-pages               GET   405 405 405 405 405 405 405
settings-mission-pages               POST  L   404 404 404 R   404 R
settings-mission-upload              GET   405 405 405 405 405 405 405
settings-mission-upload              POST  L   404 404 404 R   404 R
settings-mission-fields              GET   L   404 404 404 200 404 404
settings-mission-fields              POST  L   404 404 404 R   404 404
settings-mission-ours                GET   405 405 405 405 405 405 405
settings-mission-ours                POST  L   404 404 404 R   404 R
mission-preview-read                 GET   L   404 404 404 200 404 200
mission-preview-read                 POST  405 405 405 405 405 405 405
mission-preview                      GET   L   404 404 404 200 404 200
mission-preview                      POST  405 405 405 405 405 405 405
mission-model-preview                GET   L   404 404 404 200 404 404
mission-model-preview                POST  405 405 405 405 405 405 405
mission-model-restore                GET   405 405 405 405 405 405 405
mission-model-restore                POST  L   404 404 404 R   404 404
mission-make                         GET   405 405 405 405 405 405 405
mission-make                         POST  L   404 404 R   R   404 404
mission                              GET   L   200 404 200 200 404 404
mission                              POST  L   R   404 403 403 404 404
mission-content                      GET   L   200 404 200 200 404 404
mission-content                      POST  405 405 405 405 405 405 405
mission-download                     GET   L   200 404 200 200 404 404
mission-download                     POST  405 405 405 405 405 405 405
mission-remind                       GET   405 405 405 405 405 405 405
mission-remind                       POST  L   404 404 R   R   404 404
mission-reminders                    GET   405 405 405 405 405 405 405
mission-reminders                    POST  L   404 404 R   R   404 404
mission-withdraw                     GET   405 405 405 405 405 405 405
mission-withdraw                     POST  L   404 404 R   R   404 404
mission-paper                        GET   L   404 404 200 200 404 404
mission-paper                        POST  L   404 404 R   R   404 404
mission-proof                        GET   L   404 404 200 200 404 404
mission-proof                        POST  405 405 405 405 405 405 405
guest-mission                        GET   200 200 200 200 200 404 404
guest-mission                        POST  422 422 422 422 422 404 404
guest-mission-code                   GET   405 405 405 405 405 405 405
guest-mission-code                   POST  R   R   R   R   R   404 404
guest-mission-content                GET   200 200 200 200 200 404 404
guest-mission-content                POST  405 405 405 405 405 405 405
guest-mission-download               GET   200 200 200 200 200 404 404
guest-mission-download               POST  405 405 405 405 405 405 405
"""
