"""Where a message's media lies: for our account, at the API's host, and at its stores.

A stored address is never fetched: only the media's SID is taken from it.
https://www.twilio.com/docs/messaging/api/media-resource
"""

import re
from collections.abc import Sequence
from urllib.parse import urljoin, urlsplit

from bot.whatsapp.account import TwilioAccount

API = "https://api.twilio.com"
MEDIA = re.compile(
    r"https?://[^/?#\s@]+/2010-04-01/Accounts/(AC[0-9a-fA-F]{32})"
    r"/Messages/((?:SM|MM)[0-9a-fA-F]{32})/Media/(ME[0-9a-fA-F]{32})"
)
# Where the API leads: to hosts of Twilio's own, and to a folder of Amazon's. No list of
# them is published; an operator who sees another one in the log names it.
HOSTS = ("*.twilio.com", "*.twiliocdn.com")
FOLDERS = {"s3-external-1.amazonaws.com": "/media.twiliocdn.com/"}
HOST = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")
PRINTABLE = re.compile("[!-~]+")


class ForeignAddressError(Exception):
    """An address that leads elsewhere; the text quotes nothing of it."""


def origin_of(twilio: TwilioAccount) -> str:
    """Return the API's scheme and host."""
    return twilio.api_base_url or API


def build_path(url: str, account_sid: str, message_sid: str) -> str:
    """Return the path of a message's media, built from SIDs.

    Raises ForeignAddressError where `url` is another account's or message's, or none.
    """
    named = MEDIA.fullmatch(url)
    if named is None:
        raise ForeignAddressError("the media's address is none of Twilio's")
    account, message, media = named.groups()
    if account.lower() != account_sid.lower():
        raise ForeignAddressError("the media's address names another account")
    if message.lower() != message_sid.lower():
        raise ForeignAddressError("the media's address names another message")
    return f"/2010-04-01/Accounts/{account_sid}/Messages/{message_sid}/Media/{media}"


def find_store(
    location: str, asked: str, api_origin: str, more_hosts: Sequence[str] = ()
) -> tuple[str, str]:
    """Return origin and path with query of where the API leads.

    `asked` is the path that it was asked for, `api_origin` where; `more_hosts` are
    names, or `*.` and what names of hosts end with. Raises ForeignAddressError where
    that is neither the API itself nor a store of Twilio's.
    """
    found = urlsplit(urljoin(api_origin + asked, location))
    origin = f"{found.scheme}://{found.netloc}".lower()
    path = f"{found.path or '/'}?{found.query}" if found.query else found.path or "/"
    if not PRINTABLE.fullmatch(path):
        raise ForeignAddressError("the API led to what is no address")
    if origin == api_origin.lower():
        return api_origin, path
    host = found.netloc.lower()
    folder = "/" if is_named(host, (*HOSTS, *more_hosts)) else FOLDERS.get(host)
    is_within = folder is not None and found.path.startswith(folder)
    if found.scheme != "https" or not is_within or ".." in found.path:
        raise ForeignAddressError("the API led to a host that is no store of Twilio's")
    return origin, path


def is_named(host: str, names: Sequence[str]) -> bool:
    """Tell whether a host, without port or login, is one of the names."""
    return HOST.fullmatch(host) is not None and any(
        host.endswith(name[1:]) if name.startswith("*.") else host == name
        for name in names
    )
