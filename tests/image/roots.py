"""Folders that stand for an image's layers: a Dockerfile's steps, without an engine.

A step runs in a mount namespace of its own: what is mounted for it is gone with it.
"""

import json
import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

SUITE = "trixie"  # Debian 13, as the Dockerfile's base
ARCHIVE = "http://deb.debian.org/debian"
# What Debian's slim images leave out, and how they keep apt from leaving files behind.
NOT_IN_SLIM = ("usr/share/doc", "usr/share/man", "usr/share/info", "usr/share/locale")
CACHES = ("var/cache/apt", "var/lib/apt/lists")
SLIM = {
    "etc/dpkg/dpkg.cfg.d/slim": "".join(f"path-exclude /{n}/*\n" for n in NOT_IN_SLIM),
    "etc/apt/apt.conf.d/clean": 'Dir::Cache::pkgcache ""; Dir::Cache::srcpkgcache "";\n'
    'DPkg::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb || true"; };\n',
}
# How this machine reaches the registries; an engine has its own way.
PASSED_ON = re.compile(r"PIP_(CERT|INDEX_URL|DEFAULT_TIMEOUT)|\w+_proxy", re.I)
BARE_PATH = "/usr/sbin:/usr/bin:/sbin:/bin"
IGNORED = shutil.ignore_patterns("__pycache__", "*.pyc")


@dataclass
class Root:
    """One stage: its folder, and what later steps and the start take from it."""

    folder: Path
    variables: dict[str, str] = field(default_factory=lambda: {"PATH": BARE_PATH})
    workdir: str = "/"
    entrypoint: list[str] = field(default_factory=list)

    def inside(self, path: str) -> Path:
        """Return where a path of the image lies on this machine."""
        return self.folder / str(Path(self.workdir, path)).lstrip("/")


def make_base(folder: Path) -> None:
    """Have debootstrap make what stands for the slim image, unless it is there."""
    if folder.exists():
        return
    draft = folder.with_suffix(".draft")
    shutil.rmtree(draft, ignore_errors=True)
    command = ["debootstrap", "--variant=minbase", SUITE, str(draft), ARCHIVE]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    for name in (*NOT_IN_SLIM, *CACHES):
        shutil.rmtree(draft / name)
    for name, text in SLIM.items():
        (draft / name).write_text(text)
    draft.rename(folder)


def build(dockerfile: Path, base: Path, folder: Path) -> Root:
    """Run a Dockerfile's steps; return its last stage."""
    stages: dict[str, Root] = {}
    root = Root(base)
    for number, (word, rest) in enumerate(steps(dockerfile.read_text())):
        print(f"  {word} {' '.join(rest.split())[:100]}", flush=True)
        if word == "FROM":
            name = rest.partition(" AS ")[2] or f"stage{number}"
            root = stages[name] = Root(folder / name)
            subprocess.run(["cp", "-a", str(base), str(root.folder)], check=True)
        else:
            _do(word, rest, root, stages, dockerfile.parent)
    return root


def steps(text: str) -> Iterator[tuple[str, str]]:
    """Yield each instruction of a Dockerfile and what follows it."""
    whole = re.sub(r"^\s*#.*\n", "", text, flags=re.MULTILINE).replace("\\\n", " ")
    for line in filter(str.strip, whole.splitlines()):
        word, _, rest = line.partition(" ")
        yield word, rest.strip()


def _do(
    word: str, rest: str, root: Root, stages: dict[str, Root], context: Path
) -> None:
    match word:
        case "RUN":
            _run(root, rest)
        case "COPY":
            _copy(rest, root, stages, context)
        case "WORKDIR":
            root.workdir = rest
            root.inside(".").mkdir(parents=True, exist_ok=True)
        case "ENV":
            for pair in shlex.split(rest):
                name, _, value = pair.partition("=")
                root.variables[name] = value
        case "ENTRYPOINT":
            root.entrypoint = json.loads(rest)
        case "USER" | "EXPOSE" | "CMD":
            pass  # a start of its own says these
        case _:
            raise SystemExit(f"This check does not know how to do {word}.")


def _run(root: Root, command: str) -> None:
    passed = {k: v for k, v in os.environ.items() if PASSED_ON.fullmatch(k)}
    script = ["set -e", f"mount -t proc proc {root.folder}/proc"]
    if certificates := passed.get("PIP_CERT"):
        place = root.folder / "tmp" / "certificates"
        shutil.copy(certificates, place)
        passed["PIP_CERT"] = "/tmp/certificates"
    variables = shlex.join(f"{k}={v}" for k, v in (root.variables | passed).items())
    inner = f"cd {root.workdir} && {command}"
    script.append(
        f"exec chroot {root.folder} env -i DEBIAN_FRONTEND=noninteractive {variables} "
        f"sh -c {shlex.quote(inner)}"
    )
    unshared = ["unshare", "--mount", "sh", "-c", "\n".join(script)]
    done = subprocess.run(unshared, capture_output=True, text=True)
    if certificates:
        place.unlink()
    if done.returncode:
        raise SystemExit(f"This step failed:\n{command}\n{done.stdout}\n{done.stderr}")


def _copy(rest: str, root: Root, stages: dict[str, Root], context: Path) -> None:
    *sources, target = rest.split()
    origin = context
    if sources[0].startswith("--from="):
        origin = stages[sources.pop(0).removeprefix("--from=")].folder
    for source in sources:
        found, place = origin / source.strip("/"), root.inside(target)
        if found.is_dir():
            shutil.copytree(
                found, place, symlinks=True, dirs_exist_ok=True,
                ignore=None if origin != context else IGNORED,
            )  # fmt: skip
        else:
            shutil.copy2(found, place)


def container(
    root: Root, command: list[str], variables: dict[str, str], mounts: dict[str, Path]
) -> list[str]:
    """Return a command that runs one in the root as Compose's containers run theirs.

    On a read-only disk with an empty /tmp. `mounts` are by their place inside. It is
    one process, for signals.
    """
    folder = root.folder
    script = [
        "set -e",
        f"mount --bind {folder} {folder}",
        f"mount -t tmpfs tmpfs {folder}/tmp",
        f"mount -t proc proc {folder}/proc",
        *(f"mount --bind {at} {folder}{place}" for place, at in mounts.items()),
        f"mount -o remount,bind,ro {folder}",
        f"exec {shlex.join(_bounded(root, command, variables))}",
    ]
    return ["unshare", "--mount", "sh", "-c", "\n".join(script)]


def beside(
    root: Root, command: list[str], variables: dict[str, str], pid: int
) -> list[str]:
    """Return a command that runs one in the container whose process that is."""
    entered = ["nsenter", "--mount", f"--target={pid}"]
    return [*entered, *_bounded(root, command, variables)]


def _bounded(
    root: Root, command: list[str], variables: dict[str, str]
) -> tuple[str, ...]:
    """Run as user 10001, without capabilities or new privileges."""
    least = ("--reuid=10001", "--regid=10001", "--clear-groups", "--no-new-privs")
    none = ("--bounding-set=-all", "--inh-caps=-all")
    given = (f"{k}={v}" for k, v in (root.variables | variables).items())
    clean = ("env", "-i", "-C", root.workdir, *given)
    return ("chroot", str(root.folder), "setpriv", *least, *none, *clean, *command)


def size_of(folder: Path) -> int:
    """Return the bytes of all files below."""
    files = (path.lstat() for path in folder.rglob("*") if not path.is_dir())
    return sum({file.st_ino: file.st_size for file in files}.values())
