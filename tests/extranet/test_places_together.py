"""An address that is edited while it is looked up, in connections of their own."""

from typing import Any

from django.db import connection

from extranet.actions.place import geocode_dossier, request_place
from extranet.enums import GeoState
from extranet.models import Dossier
from kernel.tenancy import firm_context
from tests.extranet.geocoder_server import serve_geocoder
from tests.factories.cast import add_cast
from tests.factories.portal import add_dossier


def test_an_answer_for_an_address_that_was_edited_meanwhile_is_not_written(own_database: str, settings: Any) -> None:
    """The edit commits while the service answers, in its thread; the job goes on with the new address."""
    with serve_geocoder() as geocoder:
        settings.GEOCODER_URL, settings.GEOCODER_WAIT = geocoder.url, 0
        cast = add_cast()
        with firm_context("firm_alpha"):
            dossier = add_dossier("Maison", user=cast.bob)
            dossier.street, dossier.city = "12 rue de Siam", "Brest"
            dossier.save()
            request_place(dossier)

            def edit(question: str) -> None:
                if "Siam" in question:
                    with firm_context("firm_alpha"):
                        Dossier.objects.filter(pk=dossier.pk).update(street="3 quai Kléber")
                    connection.close()

            geocoder.before = edit
            geocode_dossier(dossier_id=dossier.pk)
            dossier.refresh_from_db()
            assert [asked["q"] for asked in geocoder.asked] == ["12 rue de Siam, Brest", "3 quai Kléber, Brest"]
            assert (dossier.geo_state, dossier.latitude) == (GeoState.FOUND, 48.3871)
            assert dossier.geo_label == "3 Quai Kléber 29200 Brest"
