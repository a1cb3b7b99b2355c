"""Addresses of the settings of webhooks."""

from django.urls import path

from extranet.views.office import webhook, webhook_log

_ALL = "reglages/webhooks/"
_ONE = f"{_ALL}<str:webhook_code>/"
_LOG = f"{_ALL}livraisons/"

urlpatterns = [
    path(_ALL, webhook.webhook_list, name="webhook-list"),
    path(f"{_ALL}nouveau/", webhook.webhook_new, name="webhook-new"),
    path(f"{_ALL}guide/", webhook.webhook_guide, name="webhook-guide"),
    path(_LOG, webhook_log.webhook_deliveries, name="webhook-deliveries"),
    path(f"{_LOG}renvoyer/", webhook_log.webhook_replay_failed, name="webhook-replay-failed"),
    path(f"{_LOG}<str:delivery_code>/", webhook_log.webhook_delivery, name="webhook-delivery"),
    path(f"{_LOG}<str:delivery_code>/renvoyer/", webhook_log.webhook_replay, name="webhook-replay"),
    path(_ONE, webhook.webhook_detail, name="webhook-detail"),
    path(f"{_ONE}modifier/", webhook.webhook_edit, name="webhook-edit"),
    path(f"{_ONE}essai/", webhook.webhook_test, name="webhook-test"),
    path(f"{_ONE}secret/", webhook.webhook_rotate, name="webhook-rotate"),
    path(f"{_ONE}activer/", webhook.webhook_switch, name="webhook-switch"),
    path(f"{_ONE}supprimer/", webhook.webhook_delete, name="webhook-delete"),
]
