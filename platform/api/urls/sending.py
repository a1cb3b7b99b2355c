"""Files in pieces, and the program that sends whole folders."""

from django.urls import path

from api.views.client import download_client
from api.views.resumable import ResumableUploads, ResumableUploadView

urlpatterns = [
    path("uploads/resumable/", ResumableUploads.as_view(), name="api-resumable-uploads"),
    path("uploads/resumable/<str:code>/", ResumableUploadView.as_view(), name="api-resumable-upload"),
    path("client/diagdesk.pyz", download_client, name="api-client-file"),
]
