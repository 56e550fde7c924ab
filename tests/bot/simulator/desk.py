"""A test's place at the simulator: writes as phones, and calls it as the bot does."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

import requests

from bot.simulator.records import SimulatorConfig
from bot.simulator.server import create_simulator
from tests.bot.simulator.scripted_bot import served
from tests.house import PATIENCE

ACCOUNT = "AC" + "0a" * 16
TOKEN = "a-token"
KEY_SID = "SK" + "0b" * 16
KEY_SECRET = "a-key-secret"
NUMBER = "whatsapp:+14155238886"


def config_for(webhook_url: str, **more: Any) -> SimulatorConfig:
    return SimulatorConfig(
        account_sid=ACCOUNT,
        auth_token=TOKEN,
        webhook_url=webhook_url,
        api_key_sid=KEY_SID,
        api_key_secret=KEY_SECRET,
        **{"status_delay_seconds": 0.005, **more},
    )


@dataclass
class Desk:
    url: str
    auth: tuple[str, str] = (ACCOUNT, TOKEN)

    # As the bot, over REST

    def rest(self, method: str, path: str, **more: Any) -> requests.Response:
        if not path.startswith("/"):
            path = f"/2010-04-01/Accounts/{ACCOUNT}/{path}"
        more = {"auth": self.auth, **more}
        return requests.request(method, self.url + path, timeout=PATIENCE, **more)

    def create(self, **form: str) -> requests.Response:
        return self.rest("POST", "Messages.json", data={"From": NUMBER, **form})

    def bot_sends(self, to: str, body: str, **form: str) -> dict[str, Any]:
        answer = self.create(To=to, Body=body, **form)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    def bot_fetches(self, sid: str) -> dict[str, Any]:
        return dict(self.rest("GET", f"Messages/{sid}.json").json())

    def bot_types(self, sid: str) -> requests.Response:
        form = {"channel": "whatsapp", "messageId": sid}
        return self.rest("POST", "/v2/Indicators/Typing.json", data=form)

    # As a phone

    def phone(self, method: str, path: str, **more: Any) -> requests.Response:
        url = f"{self.url}/simulator/{path}"
        return requests.request(method, url, timeout=PATIENCE, **more)

    def user_says(self, address: str, body: str = "Hello", **more: Any) -> Any:
        written = {"from": address, "body": body, **more}
        answer = self.phone("POST", "messages", json=written)
        assert answer.status_code == 201, answer.text
        return answer.json()

    def conversation(self, address: str) -> Any:
        return self.phone("GET", f"conversations/{address}").json()

    def bodies(self, address: str) -> list[str]:
        return [m["body"] for m in self.conversation(address)["messages"]]

    def statuses(self, address: str) -> list[str]:
        return [m["status"] for m in self.conversation(address)["messages"]]

    def order(self, *faults: dict[str, Any]) -> requests.Response:
        return self.phone("PUT", "faults", json=list(faults))


@contextmanager
def desk_at(webhook_url: str, port: int = 0, **config: Any) -> Iterator[Desk]:
    """Run a simulator of one's own, which calls a bot at `webhook_url`."""
    app = create_simulator(config_for(webhook_url, **config))
    board = app.extensions["switchboard"]
    with closing(board.mailbox), served(app, port) as origin:
        try:
            yield Desk(origin)
        finally:
            board.close()
