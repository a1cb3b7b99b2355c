"""The rows of clients who book in the route matrix (tests/route_matrix.py says what they mean)."""

VISITS = """
order-visit                          GET   L   200 404 404 404 404 404
order-visit                          POST  L   R   404 404 404 404 404
order-visit-move                     GET   L   200 404 404 404 404 404
order-visit-move                     POST  L   R   404 404 404 404 404
order-visit-cancel                   GET   L   200 404 404 404 404 404
order-visit-cancel                   POST  L   R   404 404 404 404 404
order-visit-ics                      GET   L   200 404 404 404 404 404
order-visit-ics                      POST  405 405 405 405 405 405 405
order-visitor-visit                  GET   200 200 200 200 200 404 404
order-visitor-visit                  POST  R   R   R   R   R   404 404
order-visitor-visit-move             GET   200 200 200 200 200 404 404
order-visitor-visit-move             POST  R   R   R   R   R   404 404
order-visitor-visit-cancel           GET   200 200 200 200 200 404 404
order-visitor-visit-cancel           POST  R   R   R   R   R   404 404
order-visitor-visit-ics              GET   200 200 200 200 200 404 404
order-visitor-visit-ics              POST  405 405 405 405 405 405 405
deposit-pay                          GET   200 200 200 200 200 404 404
deposit-pay                          POST  R   R   R   R   R   404 404
deposit-release                      GET   405 405 405 405 405 405 405
deposit-release                      POST  R   R   R   R   R   404 404
appointment-tell                     GET   405 405 405 405 405 405 405
appointment-tell                     POST  L   404 404 R   R   404 404
"""
