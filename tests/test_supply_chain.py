"""What is installed is pinned, by hash, and runs nothing while it is."""

import json
import re

import pytest

from tests.test_deploy_files import ROOT


def test_requirements_are_pinned_by_hash_without_a_registry_address() -> None:
    text = (ROOT / "requirements.txt").read_text()
    requirements = re.sub(r"\\\n|^ *#.*\n", "", text, flags=re.MULTILINE).splitlines()
    assert len(requirements) > 20
    for requirement in requirements:
        assert re.match(r"[\w.-]+==\S+ .*--hash=sha256:[0-9a-f]{64}", requirement)
    assert "://" not in text
    assert not re.search(r"--(extra-)?index-url|--find-links|--trusted-host", text)


@pytest.mark.parametrize(
    ("lock", "brings"),
    [
        ("requirements-senses.txt", {"faster-whisper", "rapidocr"}),
        ("requirements-mcp.txt", {"mcp"}),
    ],
)
def test_extras_are_locked_as_the_tests_have_them(lock: str, brings: set[str]) -> None:
    pins = [
        dict(re.findall(r"^([\w.-]+)==(\S+)", (ROOT / name).read_text(), re.MULTILINE))
        for name in (lock, "requirements-dev.txt")
    ]
    assert brings <= pins[0].keys()
    assert pins[0].items() <= pins[1].items()


def test_the_platforms_python_is_the_images() -> None:
    # Debian's own: `make image-check` compares.
    assert (ROOT / ".python-version").read_text() == "3.13\n"
    assert "\nFROM debian:13." in (ROOT / "Dockerfile").read_text()


def test_wheels_alone_are_installed() -> None:
    makefile = (ROOT / "Makefile").read_text()
    assert re.search(r"^PIP := .*\\\n\t--only-binary :all:$", makefile, re.MULTILINE)
    whole = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
    installs = re.findall(r"pip .*?install (.*?)(?:&&|$)", whole, re.MULTILINE)
    assert len(installs) == 2
    assert all("--only-binary :all:" in how for how in installs)
    assert all("--require-hashes" in how for how in installs)


def test_what_npm_brings_is_locked_and_runs_nothing_when_installed() -> None:
    folder = ROOT / "tests/bot/whatsapp/signer"
    locked = json.loads((folder / "package-lock.json").read_text())["packages"]
    asked = json.loads((folder / "package.json").read_text())["dependencies"]
    assert locked[""]["dependencies"] == asked
    others = {name: package for name, package in locked.items() if name}
    assert len(others) > 5
    assert all(p["integrity"].startswith("sha512-") for p in others.values())
    ran = re.findall(r"^ *npm (.*)$", (ROOT / ".ci/run").read_text(), re.MULTILINE)
    assert len(ran) == 1
    assert ran[0].startswith("ci ")
    assert "--ignore-scripts" in ran[0]
