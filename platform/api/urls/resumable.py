"""Uploads that a cut line does not lose."""

from django.urls import path

from api.views.resumable import ResumableUploads, ResumableUploadView

urlpatterns = [
    path("", ResumableUploads.as_view(), name="api-resumable-uploads"),
    path("<str:code>/", ResumableUploadView.as_view(), name="api-resumable-upload"),
]
