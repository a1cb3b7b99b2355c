"""Tags and sample facts that several mails of the portal have."""

from django.utils.translation import gettext_lazy as _

from mail.kinds import MailTag, Trust

DOSSIER = MailTag("dossier", _("the dossier"), _("House, 12 rue de Siam, Brest"))
ORDER = MailTag("commande", _("the order’s number"), "C-2026-0042", Trust.EXACT)
ORDERER = MailTag("donneur_ordre", _("who orders"), _("Harbour Agency"))
TOWN = MailTag("ville", _("the town"), "Brest")
REASON = MailTag("motif", _("the reason"), _("The sale was called off."))
MISSION = MailTag("ordre_mission", _("the mission order’s number"), "OM-2026-0017", Trust.EXACT)
QUOTE = MailTag("devis", _("the quote’s number"), "D-2026-0031", Trust.EXACT)
TOTAL = MailTag("total", _("the total"), "450,00 €", Trust.MONEY)
STOP = MailTag("lien_arret", _("the address that stops the reminders"), "https://exemple.fr/arret", Trust.URL)
WHEN = MailTag("date_visite", _("when the visit is"), _("Thursday 3 December at 14:00"), Trust.DATE)
CODE_ASKED = _("To make sure that it is you, a code is sent to this e-mail address when you sign.")

DOSSIER_FACT = (_("Dossier"), _("House, 12 rue de Siam, Brest"))
PROPERTY_FACT = (_("Property"), "12 rue de Siam, 29200 Brest")
ORDER_FACTS = (
    (_("Number"), "C-2026-0042"),
    PROPERTY_FACT,
    (_("Made for"), _("Sale")),
    (_("Diagnostics"), _("Energy performance, lead")),
)
QUOTE_FACTS = ((_("Number"), "D-2026-0031"), (_("Total with VAT"), "450,00 €"), (_("Valid until"), "31/12/2026"))
VISIT_FACTS = (
    (_("When"), _("Thursday 3 December 2026, 14:00 (2 h)")),
    (_("Where"), "12 rue de Siam, 29200 Brest"),
    (_("With"), "Yann Kervella – 06 00 00 00 01"),
)
