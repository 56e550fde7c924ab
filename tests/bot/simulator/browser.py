"""What the tests of the chat page need of a browser."""

import shutil
import struct
import zlib
from urllib.parse import quote

from playwright.sync_api import Page, expect

from tests.bot.simulator.desk import Desk
from tests.house import PATIENCE

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]
LOADS_SOUND = """audio => new Promise((resolve) => {
  if (audio.readyState) resolve(true);
  audio.onloadedmetadata = () => resolve(true);
  audio.onerror = () => resolve(false);
})"""
# What is wider than the box it stands in, or than the page.
CUT_OFF = """() => [...document.querySelectorAll(".title h2, #self, .composer, body")]
  .filter((node) => node.scrollWidth > node.clientWidth)
  .map((node) => node.outerHTML)"""
PHONE = {"width": 390, "height": 844}
expect.set_options(timeout=1000 * PATIENCE)


def dot() -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        checksum = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", checksum)

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0))
    pixel = chunk(b"IDAT", zlib.compress(b"\0\x0b\x8f\x6c"))
    return b"\x89PNG\r\n\x1a\n" + header + pixel + chunk(b"IEND", b"")


def open_as(page: Page, desk: Desk, address: str) -> None:
    page.goto(f"{desk.url}/#{quote(address, safe='')}")
    expect(page.get_by_label("Messages", exact=True)).to_be_visible()
    expect(page.get_by_text(f"You are {address[9:]}")).to_be_visible()
