"""Addresses of the firm's site: what is made here, and its pages, which come after all other addresses."""

from django.urls import path

from extranet.views.office import site as office
from extranet.views.office import site_block as block
from extranet.views.office import site_post as post
from extranet.views.site import page

_EDIT = "site-internet/"

urlpatterns = [
    path("site/", page.site_home, name="site-home"),
    path("site/message/", page.site_send, name="site-send"),
    path("site/images/<str:code>-<int:width>.<str:ending>", page.site_picture, name="site-picture"),
    path("sitemap.xml", page.site_map, name="site-map"),
    path("robots.txt", page.site_robots, name="site-robots"),
    path(_EDIT, office.site_edit, name="site-edit"),
    path(f"{_EDIT}nouveau/", office.site_start, name="site-start"),
    path(f"{_EDIT}apercu/<str:page_code>/", office.site_preview, name="site-preview"),
    path(f"{_EDIT}blocs/", office.site_panel, name="site-panel"),
    path(f"{_EDIT}faire/", office.site_do, name="site-do"),
    path(f"{_EDIT}ordre/", office.site_order, name="site-order"),
    path(f"{_EDIT}reglages/", office.site_settings, name="site-settings"),
    path(f"{_EDIT}pages/", office.site_page_add, name="site-page-add"),
    path(f"{_EDIT}pages/<str:page_code>/", office.site_page_edit, name="site-page-edit"),
    path(f"{_EDIT}pages/<str:page_code>/faire/", office.site_page_do, name="site-page-do"),
    path(f"{_EDIT}blocs/nouveau/", block.site_block_add, name="site-block-add"),
    path(f"{_EDIT}blocs/<str:block_code>/", block.site_block, name="site-block"),
    path(f"{_EDIT}blocs/<str:block_code>/faire/", block.site_block_do, name="site-block-do"),
    path(f"{_EDIT}images/", post.site_pictures, name="site-pictures"),
    path(f"{_EDIT}images/<str:picture_code>/", post.site_picture_edit, name="site-picture-edit"),
    path(f"{_EDIT}messages/", post.site_contacts_list, name="site-contacts"),
    path(f"{_EDIT}messages/<str:contact_code>/", post.site_contact_do, name="site-contact-do"),
]

#: After everything else, so that no page hides an address of the portal.
page_urlpatterns = [
    path("<slug:slug>/", page.site_page, name="site-page"),
]
