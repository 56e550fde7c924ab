"""Connections to Twilio's hosts, and to nothing that only we can reach.

A name is looked up once: the addresses that are looked at are those that are used.
Where the environment names a proxy, that looks it up, and knows what it may reach.
"""

from bot.http_bounds import Address
from bot.http_client import HttpServer, look_up
from bot.public_addresses import is_public
from bot.whatsapp.media.addresses import ForeignAddressError
from bot.whatsapp.rest_client import find_authorities

MOST_CONNECTIONS = 4


class PublicServer(HttpServer):
    """The kept connections to a server of the public internet.

    A request may raise ForeignAddressError, too.
    """

    def __init__(self, origin: str, most_bytes: int) -> None:
        super().__init__(origin, find_authorities(), MOST_CONNECTIONS, most_bytes)
        if self._find_proxy(origin) is None:
            self._look_up = _look_up_public


def _look_up_public(host: str, port: int) -> list[Address]:
    found = look_up(host, port)
    if not all(is_public(str(address[0])) for address in found):
        raise ForeignAddressError("Twilio's host leads to an address that is private")
    return found
