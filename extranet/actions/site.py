"""Working on the firm's site: each change of the draft is saved at once and can be undone; publishing shows it."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from extranet.enums_site import SiteChange
from extranet.models import Site, SiteRevision
from extranet.site_document import Change, Document, check, read, write
from kernel.errors import DomainError

#: How many states of the draft are kept to go back to.
MOST_REVISIONS = 60
#: Changes of one thing by one person within this time are undone together: a form is saved while it is filled in.
TOGETHER = timedelta(seconds=20)


@transaction.atomic
def start_site(document: Document, *, user: User) -> Site:
    """Returns the site with a whole new draft; what was there before can be had back by undoing."""
    site = _locked()
    check(document)
    return _keep(site, document, kind=SiteChange.STARTED, target="", user=user)


@transaction.atomic
def change_site(change: Change, *, kind: SiteChange, user: User, target: str = "") -> Site:
    """Returns the site with the change made to its draft as it is now, whoever has worked on it meanwhile.

    Raises DomainError `not_started`, and what the change raises; ShapeError when the parts no longer fit together.
    """
    site = _locked()
    document = change(draft_of(site))
    check(document)
    return _keep(site, document, kind=kind, target=target, user=user)


@transaction.atomic
def undo_site(*, user: User) -> Site:
    """Returns the site with the draft of before the last change; nothing happens when there is none."""
    site = _locked()
    former = SiteRevision.objects.filter(number__lt=site.revision).order_by("-number").first()
    return _go_to(site, former)


@transaction.atomic
def redo_site(*, user: User) -> Site:
    """Returns the site with a change that was undone; nothing happens when there is none."""
    site = _locked()
    later = SiteRevision.objects.filter(number__gt=site.revision).order_by("number").first()
    return _go_to(site, later)


@transaction.atomic
def publish_site(*, user: User) -> Site:
    """Returns the site whose draft visitors now see; raises DomainError `not_started`."""
    site = _locked()
    site.published = write(draft_of(site))
    site.version += 1
    site.published_at, site.published_revision = timezone.now(), site.revision
    site.save()
    return site


@transaction.atomic
def withdraw_site(*, user: User) -> Site:
    """Returns the site that visitors no longer see; its draft stays."""
    site = _locked()
    if site.published is not None:
        site.published, site.version = None, site.version + 1
        site.save()
    return site


@transaction.atomic
def discard_changes(*, user: User) -> Site:
    """Returns the site with the draft made what visitors see; that too can be undone."""
    site = _locked()
    if site.published is None or not site.has_changes:
        return site
    return _keep(site, read(site.published), kind=SiteChange.DISCARD, target="", user=user)


def draft_of(site: Site) -> Document:
    """Returns the site as it is worked on; raises DomainError `not_started`."""
    if site.draft is None:
        raise DomainError("not_started", _("The site is not begun yet."))
    return read(site.draft)


def _locked() -> Site:
    return Site.objects.select_for_update().get(pk=1)


def _keep(site: Site, document: Document, *, kind: SiteChange, target: str, user: User) -> Site:
    data = write(document)
    if data == site.draft:
        return site
    SiteRevision.objects.filter(number__gt=site.revision).delete()
    last = SiteRevision.objects.filter(number=site.revision).first()
    if last is not None and _is_continued(last, site, kind=kind, target=target, user=user):
        last.document = data
        last.save(update_fields=["document"])
    else:
        site.revision += 1
        SiteRevision.objects.create(
            number=site.revision, kind=kind, target=target, document=data, actor_name=user.full_name[:120]
        )
        SiteRevision.objects.filter(number__lte=site.revision - MOST_REVISIONS).delete()
    site.draft = data
    site.save()
    return site


def _is_continued(last: SiteRevision, site: Site, *, kind: SiteChange, target: str, user: User) -> bool:
    return (
        kind == SiteChange.WORDS
        and (last.kind, last.target, last.actor_name) == (kind, target, user.full_name[:120])
        and last.number != site.published_revision
        and timezone.now() - last.at < TOGETHER
    )


def _go_to(site: Site, revision: SiteRevision | None) -> Site:
    if revision is not None:
        site.draft, site.revision = revision.document, revision.number
        site.save()
    return site
