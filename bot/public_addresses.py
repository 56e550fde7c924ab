"""Which addresses are of the public internet, and which ones only we can reach."""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

# https://www.rfc-editor.org/rfc/rfc6052: an IPv4 address stands at its end. Networks
# without IPv4 reach it so.
NAT64 = IPv6Network("64:ff9b::/96")
# These carry an IPv4 address, too, and are no longer in use, or a network's own.
# https://www.iana.org/assignments/iana-ipv6-special-registry
NEVER = [
    IPv6Network(network)
    for network in ("::/96", "64:ff9b:1::/48", "2001::/32", "2002::/16")
]


def is_public(address: str) -> bool:
    """Tell whether an IP address is of the public internet, also in IPv6's dress."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, IPv6Address):
        if any(found in network for network in NEVER):
            return False
        if found.ipv4_mapped or found in NAT64:
            found = IPv4Address(int(found) & 0xFFFFFFFF)
    is_odd = found.is_multicast or found.is_reserved or found.is_unspecified
    return found.is_global and not is_odd
