"""What happens with addresses that are not of the public internet."""

import socket
import time

import pytest

from bot.whatsapp.media.addresses import ForeignAddressError
from bot.whatsapp.media.network import PublicServer
from tests.bot.peer import listening, says


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_server_on_this_machine_is_not_connected_to(host: str) -> None:
    with listening(says(b"")) as peer:
        asked = PublicServer(f"http://{host}:{peer.port}", 1000)
        with pytest.raises(ForeignAddressError):
            asked.request("GET", "/", {}, None, time.monotonic() + 5)
        asked.close()
        socket.create_connection(("127.0.0.1", peer.port)).close()
    assert peer.heard == [""], "only what ended the peer"
