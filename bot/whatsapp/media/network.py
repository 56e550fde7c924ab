"""Connections to Twilio's hosts, and to nothing that only we can reach.

A name is looked up once: the addresses that are looked at are those that are used.
Where the environment names a proxy, that looks it up, and knows what it may reach.
"""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from bot.http_bounds import Address
from bot.http_client import HttpServer, look_up
from bot.whatsapp.media.addresses import ForeignAddressError
from bot.whatsapp.rest_client import find_authorities

# https://www.rfc-editor.org/rfc/rfc6052: an IPv4 address stands at its end.
NAT64 = IPv6Network("64:ff9b::/96")
MOST_CONNECTIONS = 4


class PublicServer(HttpServer):
    """The kept connections to a server of the public internet.

    A request may raise ForeignAddressError, too.
    """

    def __init__(self, origin: str, most_bytes: int) -> None:
        super().__init__(origin, find_authorities(), MOST_CONNECTIONS, most_bytes)
        if self._find_proxy(origin) is None:
            self._look_up = _look_up_public


def is_private(address: str) -> bool:
    """Tell whether an IP address is of no public network, also in IPv6's dress."""
    found = ip_address(address.partition("%")[0])
    if isinstance(found, IPv6Address):
        within = found.ipv4_mapped or found.sixtofour
        if found in NAT64:
            within = IPv4Address(int(found) & 0xFFFFFFFF)
        if within is not None:
            found = within
    return not found.is_global or found.is_multicast


def _look_up_public(host: str, port: int) -> list[Address]:
    found = look_up(host, port)
    if any(is_private(str(address[0])) for address in found):
        raise ForeignAddressError("Twilio's host leads to an address that is private")
    return found
