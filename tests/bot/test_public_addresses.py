"""Which addresses are of the public internet."""

import pytest

from bot.public_addresses import is_public


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254",
        "100.64.0.1", "0.0.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
        "192.0.2.1", "198.18.0.1", "::", "::1", "fe80::1%eth0", "fc00::1", "ff02::1",
        "::ffff:10.0.0.1", "::ffff:224.0.0.1", "64:ff9b::a00:1", "64:ff9b:1::5db8:d822",
        "2002:a00:1::", "2002:5db8:d822::1", "2001:0:4136:e378::1", "2001:db8::1",
        "::10.0.0.1", "localhost", "", "[::1]",
    ],
)  # fmt: skip
def test_what_only_we_can_reach(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946", "::ffff:93.184.216.34",
        # Where there is no IPv4, all of its hosts look so.
        "64:ff9b::5db8:d822",
    ],
)  # fmt: skip
def test_what_everybody_can_reach(address: str) -> None:
    assert is_public(address)
