"""Pages by a cursor: what is inserted meanwhile shifts nothing, and page 1,000 costs what page 1 does."""

from rest_framework.pagination import CursorPagination


class Cursors(CursorPagination):
    """`?limit=` rows (50, at most 200) and the addresses of the pages beside."""

    page_size = 50
    max_page_size = 200
    page_size_query_param = "limit"
    cursor_query_param = "cursor"
