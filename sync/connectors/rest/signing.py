"""Signing requests: what goes into headers and parameters, and where the token for it comes from."""

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sync.connectors.base import SourceConfig
from sync.connectors.declared.expressions import filled_text
from sync.connectors.rest import auth as ways
from sync.connectors.rest import faults, tokens
from sync.connectors.rest.requests import Params, body_of
from sync.connectors.rest.tokens import STORE, Token


@dataclass(frozen=True, slots=True)
class Signature:
    headers: Mapping[str, str] = field(default_factory=dict)
    params: Params = field(default_factory=list)


class Signer:
    """Knows how one source's requests are signed.

    Args:
        send: makes one request: method, path, parameters, body, headers; and ``form`` for a form's fields.
    """

    def __init__(self, auth: ways.Auth, config: SourceConfig, base: str, send: Callable[..., Any]) -> None:
        self.auth, self.base, self._send = auth, base, send
        self._secrets = {
            "api_key": config.api_key,
            "username": config.username,
            "password": config.password,
            "database": config.database,
        }
        self._user = config.username
        self._key = tokens.key_of(base, auth.model_dump_json(), *self._secrets.values())

    @property
    def renewable(self) -> bool:
        """Whether a rejected signature may be made anew."""
        return isinstance(self.auth, ways.OAuth2 | ways.LoginAuth)

    def forget(self) -> None:
        STORE.drop(self._key)

    def signature(self) -> Signature:
        match self.auth:
            case ways.HeaderAuth(name=name, value=value):
                return Signature({name: self._filled(value)})
            case ways.QueryAuth(name=name, value=value):
                return Signature(params=[(name, self._filled(value))])
            case ways.BearerAuth(token=bearer):
                return Signature({"Authorization": f"Bearer {self._filled(bearer)}"})
            case ways.BasicAuth(username=username, password=password):
                return Signature({"Authorization": _basic(self._filled(username), self._filled(password))})
            case ways.OAuth2():
                return Signature({"Authorization": f"Bearer {self._token(self._granted).value}"})
            case ways.LoginAuth(header=header, value=value):
                token = self._token(self._signed_in)
                return Signature({header: filled_text(value, {**self._secrets, "token": token.value})})
            case _:
                return Signature()

    def _filled(self, template: str) -> str:
        return filled_text(template, self._secrets)

    def _token(self, make: Callable[[Token | None], Token]) -> Token:
        known = STORE.get(self._key)
        if known is not None and known.is_good:
            return known
        token = make(known)
        STORE.put(self._key, token)
        return token

    def _granted(self, known: Token | None) -> Token:
        """OAuth2 client credentials, RFC 6749 §4.4."""
        auth = self.auth
        if not isinstance(auth, ways.OAuth2):
            raise TypeError(auth)
        client, secret = self._filled(auth.client_id), self._filled(auth.client_secret)
        form = {"grant_type": "client_credentials", **({"scope": auth.scope} if auth.scope else {})}
        headers = {"Authorization": _basic(client, secret)} if auth.client_in == "basic" else {}
        own = {"client_id": client, "client_secret": secret} if auth.client_in == "body" else {}
        fields = {**form, **own, **auth.parameters}
        answer = self._asked("POST", auth.token_url, [], None, headers, form=fields)
        return tokens.token_in(auth.answer, answer.body, answer.at, self.base)

    def _signed_in(self, known: Token | None) -> Token:
        """Refresh tokens often count once; when one fails, the password still works."""
        auth = self.auth
        if not isinstance(auth, ways.LoginAuth):
            raise TypeError(auth)
        if auth.refresh is not None and known is not None and known.refresh:
            STORE.drop(self._key, known)
            try:
                return self._called(auth.refresh, {**self._secrets, "refresh": known.refresh})
            except faults.SignInRefused:
                pass
        return self._called(auth.login, self._secrets)

    def _called(self, call: ways.Call, scope: Mapping[str, Any]) -> Token:
        answer = self._asked("POST", call.path, [], body_of(call.body, scope), {})
        return tokens.token_in(call.answer, answer.body, answer.at, self.base)

    def _asked(self, *request: Any, **more: Any) -> Any:
        """Whatever a sign-in is refused with, it is the log-in that is refused."""
        try:
            return self._send(*request, **more)
        except (faults.TokenRejected, faults.NotUnderstood, faults.NotThere, faults.Forbidden) as refused:
            raise faults.SignInRefused(str(refused)) from refused


def _basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
