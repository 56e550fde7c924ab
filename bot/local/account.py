"""The simulator's account: made once, kept beside the data."""

import json
import secrets
from pathlib import Path

from bot.settings import Settings
from bot.simulator.content.choices import CONTENT_SIDS
from bot.simulator.records import SimulatorConfig
from bot.whatsapp.account import TwilioAccount
from bot.whatsapp.paths import INBOUND_PATH
from db.errors import OperatorError
from db.files import make_private_folder, write_once

FILE, NUMBER = "simulator.json", "whatsapp:+14155238886"


def read_or_make_account(folder: Path, port: int) -> TwilioAccount:
    """Return the account of the simulator on `port`; its token is random."""
    file = folder / FILE
    if not file.exists():
        make_private_folder(folder)
        account = {"sid": "AC" + secrets.token_hex(16), "token": secrets.token_hex(16)}
        write_once(file, json.dumps(account))
    made = read_account(folder, port)
    if made is None:
        raise OperatorError(f"{file} is gone: start again")
    return made


def read_account(folder: Path, port: int) -> TwilioAccount | None:
    """Return the account of the simulator on `port`; None: it never ran here."""
    try:
        account = json.loads((folder / FILE).read_text())
    except FileNotFoundError:
        return None
    return TwilioAccount(
        account_sid=account["sid"],
        auth_tokens=(account["token"],),
        whatsapp_number=NUMBER,
        api_base_url=f"http://127.0.0.1:{port}",
    )


def as_environment(account: TwilioAccount) -> dict[str, str]:
    """Return the variables that make the bot use this account."""
    return {
        "TWILIO_ACCOUNT_SID": account.account_sid,
        "TWILIO_AUTH_TOKEN": ",".join(account.auth_tokens),
        "TWILIO_WHATSAPP_NUMBER": account.whatsapp_number,
        "TWILIO_API_BASE_URL": account.api_base_url or "",
        "TWILIO_CHOICES_CONTENT_SIDS": ",".join(
            f"{number}={sid}" for number, sid in CONTENT_SIDS.items()
        ),
    }


def configure(settings: Settings) -> SimulatorConfig:
    """Return what the simulator must know; OperatorError beside a real Twilio."""
    if settings.twilio is not None:
        raise OperatorError(
            "Twilio's credentials are set, so the simulator does not start: it stands "
            "in for Twilio only where there is none. Unset TWILIO_ACCOUNT_SID and "
            "TWILIO_AUTH_TOKEN to use it."
        )
    account = read_or_make_account(settings.data_folder, settings.simulator_port)
    return SimulatorConfig(
        account_sid=account.account_sid,
        auth_token=account.auth_tokens[0],
        webhook_url=settings.public_base_url + INBOUND_PATH,
        number=account.whatsapp_number,
        public_url=account.api_base_url or "",
        archive=settings.data_folder / "simulator.sqlite3",
    )
