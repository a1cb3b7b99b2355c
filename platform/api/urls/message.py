"""The addresses of messages."""

from django.urls import path

from api.views.message import (
    MessageCancel,
    MessageDetail,
    MessageFileContent,
    MessageList,
    MessageRead,
    MessageReply,
    MessageUnread,
)

_MESSAGE = "messages/<str:code>"

urlpatterns = [
    path("messages/", MessageList.as_view(), name="api-messages"),
    path(f"{_MESSAGE}/", MessageDetail.as_view(), name="api-message"),
    path(f"{_MESSAGE}/reply/", MessageReply.as_view(), name="api-message-reply"),
    path(f"{_MESSAGE}/read/", MessageRead.as_view(), name="api-message-read"),
    path(f"{_MESSAGE}/unread/", MessageUnread.as_view(), name="api-message-unread"),
    path(f"{_MESSAGE}/cancel/", MessageCancel.as_view(), name="api-message-cancel"),
    path(f"{_MESSAGE}/files/<str:piece_code>/content/", MessageFileContent.as_view(), name="api-message-file-content"),
]
