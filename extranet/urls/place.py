"""Addresses of places: the map, the files and the feed for Google Earth, and a dossier's pin."""

from django.urls import path

from extranet.views.guest import place as guest
from extranet.views.office import place as office
from extranet.views.portal import place as portal

urlpatterns = [
    path("dossiers/carte/", portal.dossier_map, name="dossier-map"),
    path("dossiers/carte/lieux.json", portal.map_places, name="map-places"),
    path("dossiers/google-earth.kml", portal.dossier_kml, name="dossier-kml"),
    path("dossiers/google-earth.kmz", portal.dossier_kmz, name="dossier-kmz"),
    path("dossiers/google-earth/", portal.map_feed, name="map-feed"),
    path("dossiers/google-earth/revoquer/", portal.map_feed_revoke, name="map-feed-revoke"),
    path("dossiers/google-earth/lien.kml", portal.map_feed_file, name="map-feed-file"),
    path("google-earth/<str:token>.kml", guest.map_feed_read, name="map-feed-read"),
    path("dossiers/<str:code>/lieu/", office.place_move, name="place-move"),
    path("dossiers/<str:code>/lieu/chercher/", office.place_find, name="place-find"),
]
