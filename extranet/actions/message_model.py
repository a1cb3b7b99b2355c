"""The messages that a firm writes often."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from extranet.message_tags import TAG_NAMES
from extranet.models import MessageModel
from kernel.errors import DomainError
from mail.tags import unknown_tags

#: Of one firm.
MOST_MODELS = 200


@transaction.atomic
def save_message_model(model: MessageModel, *, title: str, subject: str, body: str) -> MessageModel:
    """Returns the model as it is now; raises DomainError `unknown_tag`, `empty` or `too_many_models`."""
    title, subject, body = " ".join(title.split()), " ".join(subject.split()), body.strip()
    if not (title and subject and body):
        raise DomainError("empty", _("A model needs a title, a subject and a text."))
    refuse_unknown_tags(subject)
    refuse_unknown_tags(body)
    if model._state.adding and MessageModel.objects.count() >= MOST_MODELS:
        raise DomainError("too_many_models", _("There are too many models: delete one first."))
    model.title, model.subject, model.body = title[:80], subject[:200], body
    model.save()
    return model


def delete_message_model(model: MessageModel) -> None:
    """Deletes a model; the messages that were made from it stay."""
    model.delete()


def refuse_unknown_tags(text: str) -> None:
    """Raises DomainError `unknown_tag` that names the first tag that is none, and its place."""
    for tag in unknown_tags(text, TAG_NAMES):
        message = _("There is no tag {%(name)s} (line %(line)d, column %(column)d).")
        raise DomainError("unknown_tag", message % {"name": tag.name, "line": tag.line, "column": tag.column})
