"""The addresses of visits."""

from django.urls import path

from api.views.appointment import (
    AppointmentCalendar,
    AppointmentCancel,
    AppointmentDetail,
    AppointmentFinish,
    AppointmentList,
    AppointmentReopen,
    Slots,
)

_VISIT = "appointments/<str:code>"

urlpatterns = [
    path("appointments/", AppointmentList.as_view(), name="api-appointments"),
    path("appointments/slots/", Slots.as_view(), name="api-slots"),
    path(f"{_VISIT}/", AppointmentDetail.as_view(), name="api-appointment"),
    path(f"{_VISIT}/cancel/", AppointmentCancel.as_view(), name="api-appointment-cancel"),
    path(f"{_VISIT}/finish/", AppointmentFinish.as_view(), name="api-appointment-finish"),
    path(f"{_VISIT}/reopen/", AppointmentReopen.as_view(), name="api-appointment-reopen"),
    path(f"{_VISIT}/visit.ics", AppointmentCalendar.as_view(), name="api-appointment-ics"),
]
