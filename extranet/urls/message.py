"""Addresses of messages."""

from django.urls import path

from extranet.views.office import message_model
from extranet.views.portal import message, message_upload

urlpatterns = [
    path("messages/", message.message_list, name="message-list"),
    path("messages/nouveau/", message.message_new, name="message-new"),
    path("messages/export.xlsx", message.message_export, name="message-export"),
    path("messages/non-lus/", message.message_count, name="message-count"),
    path("messages/pieces/", message_upload.message_upload, name="message-upload"),
    path("messages/modeles/", message_model.message_model_list, name="message-model-list"),
    path("messages/modeles/nouveau/", message_model.message_model_new, name="message-model-new"),
    path("messages/modeles/remplir/", message_model.message_model_fill, name="message-model-fill"),
    path("messages/modeles/<str:code>/", message_model.message_model_edit, name="message-model-edit"),
    path("messages/modeles/<str:code>/supprimer/", message_model.message_model_delete, name="message-model-delete"),
    path("messages/<str:code>/", message.message_detail, name="message-detail"),
    path("messages/<str:code>/repondre/", message.message_reply, name="message-reply"),
    path("messages/<str:code>/annuler/", message.message_cancel, name="message-cancel"),
    path("messages/<str:code>/non-lu/", message.message_unread, name="message-unread"),
    path("messages/<str:code>/pieces/<str:piece_code>/", message.message_file, name="message-file"),
    path("dossiers/<str:code>/messages/", message.dossier_messages, name="dossier-messages"),
]
