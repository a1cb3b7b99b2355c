"""The rows of what is due and what it costs in the route matrix (tests/route_matrix.py says what they mean)."""

PRICES = """
settings-needs                       GET   L   404 404 404 200 404 200
settings-needs                       POST  405 405 405 405 405 405 405
need-rule-add                        GET   L   404 404 404 200 404 200
need-rule-add                        POST  L   404 404 404 R   404 R
need-rule-edit                       GET   L   404 404 404 200 404 404
need-rule-edit                       POST  L   404 404 404 R   404 404
need-rule-delete                     GET   405 405 405 405 405 405 405
need-rule-delete                     POST  L   404 404 404 R   404 404
need-rules-restore                   GET   405 405 405 405 405 405 405
need-rules-restore                   POST  L   404 404 404 R   404 R
settings-zones                       GET   L   404 404 404 200 404 200
settings-zones                       POST  405 405 405 405 405 405 405
zone-add                             GET   L   404 404 404 200 404 200
zone-add                             POST  L   404 404 404 R   404 R
zone-delete                          GET   405 405 405 405 405 405 405
zone-delete                          POST  L   404 404 404 R   404 404
price-lists                          GET   L   404 404 404 200 404 200
price-lists                          POST  405 405 405 405 405 405 405
price-list-add                       GET   L   404 404 404 200 404 200
price-list-add                       POST  L   404 404 404 R   404 R
price-try                            GET   L   404 404 200 200 404 200
price-try                            POST  405 405 405 405 405 405 405
price-list-detail                    GET   L   404 404 404 200 404 404
price-list-detail                    POST  405 405 405 405 405 405 405
price-list-edit                      GET   L   404 404 404 200 404 404
price-list-edit                      POST  L   404 404 404 R   404 404
price-list-duplicate                 GET   L   404 404 404 200 404 404
price-list-duplicate                 POST  L   404 404 404 R   404 404
price-list-delete                    GET   405 405 405 405 405 405 405
price-list-delete                    POST  L   404 404 404 R   404 404
price-list-rows                      GET   L   404 404 404 200 404 404
price-list-rows                      POST  L   404 404 404 R   404 404
price-list-packs                     GET   L   404 404 404 200 404 404
price-list-packs                     POST  L   404 404 404 R   404 404
price-list-travels                   GET   L   404 404 404 200 404 404
price-list-travels                   POST  L   404 404 404 R   404 404
price-list-import                    GET   L   404 404 404 200 404 404
price-list-import                    POST  L   404 404 404 R   404 404
price-list-export                    GET   L   404 404 404 200 404 404
price-list-export                    POST  405 405 405 405 405 405 405
"""
