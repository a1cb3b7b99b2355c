"""Making one contact out of two."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import current_user, for_permission
from accounts.models import Permission
from extranet.access import access_contact
from extranet.actions.contact_merge import merge_contacts
from extranet.forms.contact import MergeForm
from extranet.queries.contact import contacts_offered
from extranet.queries.contact_detail import contact_figures, merge_preview
from kernel.errors import DomainError


@require_http_methods(["GET", "POST"])
@for_permission(Permission.CONTACTS)
def contact_merge(request: HttpRequest, code: str) -> HttpResponse:
    """Returns the choice of the other contact, then both side by side with what will happen; a POST merges them."""
    user = current_user(request)
    kept = access_contact(user, code)
    if kept.erased_at is not None:
        messages.error(request, _("The data of this contact were erased: it can only be deleted."))
        return redirect("contact-detail", code=code)
    given = request.POST if request.method == "POST" else request.GET
    form = MergeForm(given if "other" in given else None)
    other = form.cleaned_data["other"] if form.is_valid() else None
    if other is not None and other.pk == kept.pk:
        form.add_error("other", _("Choose another contact: one cannot be merged with itself."))
        other = None
    if other is not None and request.method == "POST":
        name = str(other)
        try:
            merge_contacts(kept, other=other, user=user)
        except DomainError as error:
            form.add_error("other", str(error))
            other = None
        else:
            messages.success(request, _("%(name)s was merged into this contact.") % {"name": name})
            return redirect("contact-detail", code=code)
    if request.method == "POST" and not form.is_bound:
        form = MergeForm({})
    context = {"contact": kept, "other": other, "form": form, "nav": "contacts"}
    if other is not None:
        context |= {
            "preview": merge_preview(kept, other),
            "sides": [(kept, contact_figures(kept)), (other, contact_figures(other))],
        }
    else:
        chosen = [code.replace("\x00", "") for code in given.getlist("other") if code]
        context |= {"contacts": contacts_offered(chosen, without=[kept.pk]), "chosen": chosen}
    return render(request, "extranet/office/contact_merge.html", context, status=422 if form.errors else 200)
