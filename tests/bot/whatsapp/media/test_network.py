"""Which addresses are of the public internet, and what happens with others."""

import socket
import time

import pytest

from bot.whatsapp.media.addresses import ForeignAddressError
from bot.whatsapp.media.network import PublicServer, is_private
from tests.bot.peer import listening, says


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",  # noqa: S104  (nothing listens)
        "224.0.0.1",
        "::1",
        "fe80::1%eth0",
        "fd00::1",
        "::ffff:10.0.0.1",
        "64:ff9b::a00:1",
        "2002:a00:1::1",
    ],
)
def test_an_address_within_is_private_in_any_dress(address: str) -> None:
    assert is_private(address)


@pytest.mark.parametrize(
    "address", ["93.184.216.34", "2606:4700::1", "::ffff:93.184.216.34"]
)
def test_an_address_of_the_world_is_not(address: str) -> None:
    assert not is_private(address)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_server_on_this_machine_is_not_connected_to(host: str) -> None:
    with listening(says(b"")) as peer:
        asked = PublicServer(f"http://{host}:{peer.port}", 1000)
        with pytest.raises(ForeignAddressError):
            asked.request("GET", "/", {}, None, time.monotonic() + 5)
        asked.close()
        socket.create_connection(("127.0.0.1", peer.port)).close()
    assert peer.heard == [""], "only what ended the peer"
