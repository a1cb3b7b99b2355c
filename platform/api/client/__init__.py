"""`diagdesk`: sends dossiers to a firm's site and takes its orders, with Python alone (decisions/0039).

Nothing here imports Django or anything else of ours: the package travels as one file, diagdesk.pyz.
"""

VERSION = "1.0"
