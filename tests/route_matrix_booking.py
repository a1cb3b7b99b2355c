"""The rows of the calendar and its people in the route matrix (tests/route_matrix.py says what they mean)."""

BOOKING = """
calendar                             GET   L   404 404 200 200 404 200
calendar                             POST  405 405 405 405 405 405 405
calendar-feed                        GET   404 404 404 404 404 404 404
calendar-feed                        POST  405 405 405 405 405 405 405
appointment-new                      GET   L   404 404 200 200 404 200
appointment-new                      POST  L   404 404 R   R   404 422
appointment-slots                    GET   L   404 404 200 200 404 200
appointment-slots                    POST  405 405 405 405 405 405 405
appointment-detail                   GET   L   404 404 200 200 404 404
appointment-detail                   POST  405 405 405 405 405 405 405
appointment-edit                     GET   L   404 404 200 200 404 404
appointment-edit                     POST  L   404 404 R   R   404 404
appointment-move                     GET   405 405 405 405 405 405 405
appointment-move                     POST  L   404 404 R   R   404 404
appointment-undo                     GET   405 405 405 405 405 405 405
appointment-undo                     POST  L   404 404 R   R   404 404
appointment-cancel                   GET   405 405 405 405 405 405 405
appointment-cancel                   POST  L   404 404 R   R   404 404
appointment-finish                   GET   405 405 405 405 405 405 405
appointment-finish                   POST  L   404 404 R   R   404 404
appointment-reopen                   GET   405 405 405 405 405 405 405
appointment-reopen                   POST  L   404 404 R   R   404 404
appointment-ics                      GET   L   404 404 200 200 404 404
appointment-ics                      POST  405 405 405 405 405 405 405
absence-new                          GET   L   404 404 200 200 404 200
absence-new                          POST  L   404 404 R   R   404 R
absence-delete                       GET   405 405 405 405 405 405 405
absence-delete                       POST  L   404 404 R   R   404 404
diagnostician-feed                   GET   L   404 404 200 200 404 404
diagnostician-feed                   POST  L   404 404 200 200 404 404
diagnostician-feed-revoke            GET   405 405 405 405 405 405 405
diagnostician-feed-revoke            POST  L   404 404 R   R   404 404
settings-booking                     GET   L   404 404 404 200 404 200
settings-booking                     POST  L   404 404 404 R   404 R
diagnostician-new                    GET   L   404 404 404 200 404 200
diagnostician-new                    POST  L   404 404 404 R   404 R
diagnostician-edit                   GET   L   404 404 404 200 404 404
diagnostician-edit                   POST  L   404 404 404 R   404 404
"""
