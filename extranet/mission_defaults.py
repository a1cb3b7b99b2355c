"""The mission order that a firm starts with: its own from the first change on."""

from typing import Any

from django.utils.translation import gettext as _

from extranet.enums_mission import MissionModelKind, MissionSection


def default_model() -> dict[str, Any]:
    """Returns the values of a firm's first model, in the active language."""
    return {
        "kind": MissionModelKind.OURS,
        "sections": [str(section) for section in MissionSection],
        "before": _(
            "By this mission order, {{ dordre_nom }} entrusts {{ cabinet_nom }} with the diagnostics below, for the "
            "property at {{ bien_adresse_complete }}."
        ),
        "after": "",
        "documents": _(
            "- Title deed, or the description of the lot\n"
            "- Plans and earlier reports, if there are any\n"
            "- Co-ownership rules and minutes of the last meetings (flat)\n"
            "- Heating contract, boiler maintenance certificate, invoices of works"
        ),
        "terms": _(
            "The orderer gives access to all premises and outbuildings, opens locked places, and has water, gas and "
            "electricity working on the day of the visit. Without destruction the diagnostician examines only what can "
            "be reached and seen; what could not be visited is named in the report.\n"
            "The orderer states what it knows of the property and hands over the documents asked for.\n"
            "The reports are handed over once the price is paid. The diagnostician is certified, insured and "
            "independent (French construction code, articles L271-6 and R271-1 to R271-3)."
        ),
        "withdrawal": _(
            "You may withdraw from this contract, concluded at a distance, within fourteen days of its conclusion, "
            "without giving a reason (French consumer code, articles L221-18 and following). Tell us so by any "
            "unequivocal statement, for instance by this form:\n"
            "“To {{ cabinet_nom }}: I hereby notify you that I withdraw from the contract for the service below. "
            "Mission order no. {{ num_dossier }}, ordered on {{ date_commande }}. Name, address, date and signature.”\n"
            "If you expressly ask for the mission to begin before the end of this period, you owe what was done until "
            "you withdraw (L221-25), and you lose the right of withdrawal once the service is fully performed "
            "(L221-28)."
        ),
    }
