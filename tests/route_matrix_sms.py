"""The rows of text messages in the route matrix (tests/route_matrix.py says what they mean)."""

SMS = """
sms-notify           GET   400 400 400 400 400 404 404
sms-notify           POST  400 400 400 400 400 404 404
settings-sms         GET   L   404 404 404 200 404 200
settings-sms         POST  L   404 404 404 R   404 R
sms-carrier          GET   L   404 404 404 200 404 200
sms-carrier          POST  L   404 404 404 422 404 422
sms-check            GET   405 405 405 405 405 405 405
sms-check            POST  L   404 404 404 R   404 404
sms-off              GET   405 405 405 405 405 405 405
sms-off              POST  L   404 404 404 R   404 404
sms-model            GET   L   404 404 404 200 404 200
sms-model            POST  L   404 404 404 R   404 R
sms-test             GET   405 405 405 405 405 405 405
sms-test             POST  L   404 404 404 R   404 404
sms-list             GET   L   404 404 404 200 404 200
sms-list             POST  405 405 405 405 405 405 405
sms-export           GET   L   404 404 404 200 404 200
sms-export           POST  405 405 405 405 405 405 405
sms-resend           GET   405 405 405 405 405 405 405
sms-resend           POST  L   404 404 404 R   404 404
contact-sms-consent  GET   405 405 405 405 405 405 405
contact-sms-consent  POST  L   404 404 R   R   404 404
contact-sms-stop     GET   405 405 405 405 405 405 405
contact-sms-stop     POST  L   404 404 R   R   404 404
"""
