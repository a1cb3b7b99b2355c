"""The rows of imports of dossiers in the route matrix (tests/route_matrix.py says what they mean)."""

IMPORTS = """
dossier-import          GET   L   404 404 200 200 404 200
dossier-import          POST  L   404 404 R   R   404 R
dossier-import-upload   GET   405 405 405 405 405 405 405
dossier-import-upload   POST  L   404 404 201 201 404 201
dossier-import-detail   GET   L   404 404 200 200 404 404
dossier-import-detail   POST  405 405 405 405 405 405 405
dossier-import-run      GET   405 405 405 405 405 405 405
dossier-import-run      POST  L   404 404 R   R   404 404
dossier-import-undo     GET   405 405 405 405 405 405 405
dossier-import-undo     POST  L   404 404 R   R   404 404
dossier-import-remove   GET   405 405 405 405 405 405 405
dossier-import-remove   POST  L   404 404 R   R   404 404
dossier-imported        GET   L   404 404 200 200 404 404
dossier-imported        POST  405 405 405 405 405 405 405
dossier-imported-table  GET   L   404 404 200 200 404 404
dossier-imported-table  POST  405 405 405 405 405 405 405
"""
