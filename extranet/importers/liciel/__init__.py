"""Dossiers of Liciel's desktop software, read from a folder or a ZIP without trusting either (decisions/0037)."""

from extranet.importers.liciel.dossier import DossierFolder, find_dossiers, open_sources
from extranet.importers.liciel.reading import LicielDossier, read_dossier

__all__ = ["DossierFolder", "LicielDossier", "find_dossiers", "open_sources", "read_dossier"]
