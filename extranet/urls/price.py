"""Addresses of what is due, of zones and of price lists."""

from django.urls import path

from extranet.views.office import need, price_excel, price_lines, price_list, price_try

_NEED = "reglages/diagnostics"
_ZONE = "reglages/zones"
_LISTS = "reglages/tarifs"
_LIST = f"{_LISTS}/<str:code>"

urlpatterns = [
    path(f"{_NEED}/", need.settings_needs, name="settings-needs"),
    path(f"{_NEED}/regles/ajouter/", need.need_rule_add, name="need-rule-add"),
    path(f"{_NEED}/regles/<str:code>/", need.need_rule_edit, name="need-rule-edit"),
    path(f"{_NEED}/regles/<str:code>/supprimer/", need.need_rule_delete, name="need-rule-delete"),
    path(f"{_NEED}/<str:kind>/retablir/", need.need_rules_restore, name="need-rules-restore"),
    path(f"{_ZONE}/", need.settings_zones, name="settings-zones"),
    path(f"{_ZONE}/ajouter/", need.zone_add, name="zone-add"),
    path(f"{_ZONE}/<str:code>/supprimer/", need.zone_delete, name="zone-delete"),
    path(f"{_LISTS}/", price_list.price_lists, name="price-lists"),
    path(f"{_LISTS}/nouveau/", price_list.price_list_add, name="price-list-add"),
    # before the lists' codes
    path(f"{_LISTS}/essai/", price_try.price_try, name="price-try"),
    path(f"{_LIST}/", price_list.price_list_detail, name="price-list-detail"),
    path(f"{_LIST}/modifier/", price_list.price_list_edit, name="price-list-edit"),
    path(f"{_LIST}/copier/", price_list.price_list_duplicate, name="price-list-duplicate"),
    path(f"{_LIST}/supprimer/", price_list.price_list_delete, name="price-list-delete"),
    path(f"{_LIST}/prix/", price_lines.price_list_rows, name="price-list-rows"),
    path(f"{_LIST}/forfaits/", price_lines.price_list_packs, name="price-list-packs"),
    path(f"{_LIST}/deplacements/", price_lines.price_list_travels, name="price-list-travels"),
    path(f"{_LIST}/importer/", price_excel.price_list_import, name="price-list-import"),
    path(f"{_LIST}/export.xlsx", price_excel.price_list_export, name="price-list-export"),
]
