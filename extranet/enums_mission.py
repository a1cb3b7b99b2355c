"""The closed lists of mission orders (“ordre de mission”, the manual's VII.5; facts of the field, 1.5 and 1.6)."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class MissionModelKind(models.TextChoices):
    """What a firm's mission orders are made of."""

    OURS = "ours", _("Our pages")
    FORM = "form", _("Your PDF, its fields filled in")
    FRONT = "front", _("Your PDF before our pages")
    BACK = "back", _("Your PDF after our pages")


class MissionSection(models.TextChoices):
    """A part of our pages, in the order in which a firm starts with them."""

    ORDERER = "orderer", _("Orderer")
    OWNER = "owner", _("Owner")
    OCCUPANT = "occupant", _("Occupant")
    PROPERTY = "property", _("Property")
    BUILDING = "building", _("Description of the building")
    DIAGNOSTICS = "diagnostics", _("Diagnostics")
    PRICE = "price", _("Price")
    VISIT = "visit", _("Visit")
    NOTARY = "notary", _("Notary")
    DOCUMENTS = "documents", _("Documents to hand over")
    TERMS = "terms", _("Terms")


class MissionTrigger(models.TextChoices):
    """When a mission order is made by itself."""

    NEVER = "never", _("Never: by hand only")
    STARTED = "started", _("When an order is taken in charge")
    QUOTE = "quote", _("When a quote is accepted")


class MissionState(models.TextChoices):
    """Where a mission order stands."""

    TO_SIGN = "to_sign", _("To be signed")
    SIGNED = "signed", pgettext_lazy("mission order", "Signed")
    WITHDRAWN = "withdrawn", pgettext_lazy("mission order", "Withdrawn")
    REPLACED = "replaced", pgettext_lazy("mission order", "Replaced")


class SigningWay(models.TextChoices):
    """How a mission order was signed."""

    ACCOUNT = "account", _("Online, with an account")
    LINK = "link", _("Online, by the link of an e-mail")
    PAPER = "paper", _("On paper")


class MissionDatum(models.TextChoices):
    """What an order has to say, by the names of the desktop software's own fields and in their manner."""

    DORDRE_NOM = "dordre_nom", _("Orderer: name")
    DORDRE_SOCIETE = "dordre_societe", _("Orderer: company")
    DORDRE_TYPE = "dordre_type", _("Orderer: orders as")
    DORDRE_ADRESSE = "dordre_adresse", _("Orderer: postal address")
    DORDRE_TEL = "dordre_tel", _("Orderer: phone")
    DORDRE_MAIL = "dordre_mail", _("Orderer: e-mail")
    DORDRE_EST_PROPRIETAIRE = "dordre_est_proprietaire", _("Box: the orderer is the owner")
    DORDRE_EST_AGENCE = "dordre_est_agence", _("Box: the orderer is an agency")
    DORDRE_EST_NOTAIRE = "dordre_est_notaire", _("Box: the orderer is a notary")
    DORDRE_EST_LOCATAIRE = "dordre_est_locataire", _("Box: the orderer is the tenant")
    PROPRIETAIRE_NOM = "proprietaire_nom", _("Owner: name")
    PROPRIETAIRE_ADRESSE = "proprietaire_adresse", _("Owner: postal address")
    PROPRIETAIRE_TEL = "proprietaire_tel", _("Owner: phone")
    PROPRIETAIRE_MAIL = "proprietaire_mail", _("Owner: e-mail")
    OCCUPANT_NOM = "occupant_nom", _("Occupant: name")
    OCCUPANT_TEL = "occupant_tel", _("Occupant: phone")
    OCCUPANT_MAIL = "occupant_mail", _("Occupant: e-mail")
    NOTAIRE_NOM = "notaire_nom", _("Notary: name")
    NOTAIRE_TEL = "notaire_tel", _("Notary: phone")
    NOTAIRE_MAIL = "notaire_mail", _("Notary: e-mail")
    BIEN_NATURE = "bien_nature", _("Property: kind")
    BIEN_ADRESSE = "bien_adresse", _("Property: street")
    BIEN_ADRESSE_COMPLETE = "bien_adresse_complete", _("Property: whole address")
    BIEN_CP = "bien_cp", _("Property: postcode")
    BIEN_VILLE = "bien_ville", _("Property: town")
    BIEN_LIEU_INTERNE = "bien_lieu_interne", _("Property: building, floor, door")
    BIEN_CADASTRE = "bien_cadastre", _("Property: land registry")
    BIEN_LOT = "bien_lot", _("Property: lot")
    BIEN_LOT_AUTRE = "bien_lot_autre", _("Property: outbuildings")
    BIEN_SURFACE = "bien_surface", _("Property: surface (m²)")
    BIEN_PIECES = "bien_pieces", _("Property: rooms")
    BIEN_ANNEE = "bien_annee_construction", _("Property: year or period of construction")
    BIEN_DESCRIPTION = "bien_description", _("Property: description")
    MISSION_TYPE = "mission_type", _("Made for (sale, rental…)")
    MISSION_EST_VENTE = "mission_est_vente", _("Box: for a sale")
    MISSION_EST_LOCATION = "mission_est_location", _("Box: for a rental")
    MISSION_DIAGNOSTICS = "mission_diagnostics", _("Diagnostics asked for")
    RDV_DATE = "rdv_date", _("Visit: date")
    RDV_HEURE = "rdv_heure", _("Visit: hour")
    RDV_DUREE = "rdv_duree", _("Visit: length (minutes)")
    RDV_CONTACT = "rdv_contact_nom_tel", _("Visit: contact and phone")
    RDV_PRECISIONS = "rdv_precisions", _("Visit: how to get in")
    RDV_CLEFS = "rdv_clefs", _("Visit: keys")
    OPERATEUR = "operateur_reperage", _("Diagnostician")
    DOSSIER_NUM = "num_dossier", _("Number of the order")
    DOSSIER_OBSERVATIONS = "dossier_observations", _("Remarks")
    DATE_COMMANDE = "date_commande", _("Date of the order")
    DATE_JOUR = "date_jour", _("Date of the mission order")
    DEVIS_NUM = "num_devis_numero", _("Number of the accepted quote")
    PRIX_HT = "prix_ht", _("Price without VAT")
    PRIX_TVA = "prix_tva", _("VAT")
    PRIX_TTC = "prix_ttc", _("Price with VAT")
    CABINET_NOM = "cabinet_nom", _("Your firm: name")
    CABINET_MENTIONS = "cabinet_mentions", _("Your firm: legal details")
