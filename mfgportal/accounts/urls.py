"""Everything under /account/: log-in and its parts come from allauth."""

from django.urls import include, path
from django.views.generic import RedirectView

from mfgportal.web import api_keys, people

urlpatterns = [
    path("users/", people.people, name="people"),
    path("users/invite/", people.person_invite, name="person_invite"),
    path("users/<int:pk>/", people.person_page, name="person"),
    path("users/<int:pk>/switch/", people.person_switch, name="person_switch"),
    path("users/<int:pk>/link/", people.person_send_link, name="person_send_link"),
    path("users/<int:pk>/factors/forget/", people.person_forget_factors, name="person_forget_factors"),
    path("users/<int:pk>/sessions/end/", people.person_log_out, name="person_log_out"),
    path("keys/", api_keys.api_keys, name="api_keys"),
    path("keys/<int:pk>/revoke/", api_keys.api_key_revoke, name="api_key_revoke"),
    # An address is the admin's to give: single sign-on knows people by it.
    path("email/", RedirectView.as_view(pattern_name="mfa_index"), name="account_email"),
    path("", include("allauth.account.urls")),
    path("2fa/", include("allauth.mfa.urls")),
    path("sessions/", include("allauth.usersessions.urls")),
    path("sso/", include("allauth.socialaccount.urls")),
    path("", include("allauth.socialaccount.providers.openid_connect.urls")),
]
