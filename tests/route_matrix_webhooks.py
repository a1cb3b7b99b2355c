"""The rows of webhooks in the route matrix (tests/route_matrix.py says what they mean)."""

WEBHOOKS = """
webhook-list           GET   L   404 404 404 200 404 200
webhook-list           POST  405 405 405 405 405 405 405
webhook-guide          GET   L   404 404 404 200 404 200
webhook-guide          POST  405 405 405 405 405 405 405
webhook-new            GET   L   404 404 404 200 404 200
webhook-new            POST  L   404 404 404 200 404 200
webhook-detail         GET   L   404 404 404 200 404 404
webhook-detail         POST  405 405 405 405 405 405 405
webhook-edit           GET   L   404 404 404 200 404 404
webhook-edit           POST  L   404 404 404 R   404 404
webhook-test           GET   405 405 405 405 405 405 405
webhook-test           POST  L   404 404 404 R   404 404
webhook-rotate         GET   405 405 405 405 405 405 405
webhook-rotate         POST  L   404 404 404 200 404 404
webhook-switch         GET   405 405 405 405 405 405 405
webhook-switch         POST  L   404 404 404 R   404 404
webhook-delete         GET   405 405 405 405 405 405 405
webhook-delete         POST  L   404 404 404 R   404 404
webhook-deliveries     GET   L   404 404 404 200 404 200
webhook-deliveries     POST  405 405 405 405 405 405 405
webhook-replay-failed  GET   405 405 405 405 405 405 405
webhook-replay-failed  POST  L   404 404 404 R   404 404
webhook-delivery       GET   L   404 404 404 200 404 404
webhook-delivery       POST  405 405 405 405 405 405 405
webhook-replay         GET   405 405 405 405 405 405 405
webhook-replay         POST  L   404 404 404 R   404 404
"""
