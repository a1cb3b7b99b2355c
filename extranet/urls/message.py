"""Addresses of messages."""

from django.urls import path

from extranet.views.portal import message

urlpatterns = [
    path("messages/", message.message_list, name="message-list"),
    path("messages/nouveau/", message.message_new, name="message-new"),
    path("messages/<str:code>/", message.message_detail, name="message-detail"),
    path("messages/<str:code>/repondre/", message.message_reply, name="message-reply"),
    path("messages/<str:code>/annuler/", message.message_cancel, name="message-cancel"),
    path("dossiers/<str:code>/messages/", message.dossier_messages, name="dossier-messages"),
]
