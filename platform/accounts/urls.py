"""The accounts' addresses: the log-in on every host that has one, the team on a firm's."""

from allauth.account import views as account
from django.urls import include, path, re_path

from accounts.views import api_key, signup, team
from accounts.views.language import set_language

#: On a firm's host and on the console: those of allauth's account pages that serve here (no address book of e-mails).
login_urlpatterns = [
    path("compte/connexion/", account.login, name="account_login"),
    path("compte/deconnexion/", account.logout, name="account_logout"),
    path("compte/inactif/", account.account_inactive, name="account_inactive"),
    path("compte/creer/", account.signup, name="account_signup"),
    path("compte/confirmer-identite/", account.reauthenticate, name="account_reauthenticate"),
    path("compte/mot-de-passe/", account.password_change, name="account_change_password"),
    path("compte/mot-de-passe/choisir/", account.password_set, name="account_set_password"),
    path("compte/mot-de-passe/oublie/", account.password_reset, name="account_reset_password"),
    path("compte/mot-de-passe/oublie/envoye/", account.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^compte/mot-de-passe/nouveau/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "compte/mot-de-passe/nouveau/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("compte/double-facteur/", include("allauth.mfa.urls")),
    path("compte/sessions/", include("allauth.usersessions.urls")),
    path("langue/setlang/", set_language, name="set_language"),
]

firm_urlpatterns = [
    path("bienvenue/<str:code>/<str:token>/", signup.welcome, name="welcome"),
    path("equipe/", team.team_list, name="team-list"),
    path("equipe/nouveau/", team.team_new, name="team-new"),
    path("equipe/<str:code>/", team.team_edit, name="team-edit"),
    path("equipe/<str:code>/codes/", team.team_codes, name="team-codes"),
    path("cles-api/", api_key.api_key_list, name="api-key-list"),
    path("cles-api/nouvelle/", api_key.api_key_new, name="api-key-new"),
    path("cles-api/<str:code>/revoquer/", api_key.api_key_revoke, name="api-key-revoke"),
]

public_urlpatterns = [
    path("", signup.home, name="home"),
    path("conditions/", signup.terms, name="terms"),
    path("inscription/", signup.signup, name="signup"),
    path("inscription/adresse/", signup.signup_subdomain, name="signup-subdomain"),
    path("inscription/confirmer/<str:token>/", signup.signup_confirm, name="signup-confirm"),
    path("inscription/suivi/<str:token>/", signup.signup_progress, name="signup-progress"),
    path("inscription/suivi/<str:token>/relancer/", signup.signup_resend, name="signup-resend"),
    path("langue/setlang/", set_language, name="set_language"),
]
