"""A LiteLLM proxy on the loopback interface, with the loopback vendor behind it.

    proxy.py COMMAND ARGS…

runs the command with `PEERS_PROXY_URL` and `PEERS_PROXY_KEY` set, and ends the proxy.
"""

import os
import pathlib
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

from shared import Checks, Vendor, same

START_MAX_S = 180
STOP_MAX_S = 20
COMMAND_MAX_S = 900

# The proxy's route, the vendor's format behind it, what the proxy wants behind the base URL, and a
# name of the model. At OpenAI the name tells the proxy which field caps a reply.
ROUTES = [
    ("anthropic", "anthropic", "", "scripted"),
    ("openai", "openai", "/v1", "gpt-5-scripted"),
    ("hosted_vllm", "litellm", "/v1", "scripted"),
    ("mistral", "mistral", "/v1", "scripted"),
]

# How the vendor streams; see `tests/support/scripted.rs`.
VARIANTS = [
    "", "+byte-by-byte", "+fragments", "+fragments+byte-by-byte",
    "+rate-limited", "+overflow", "+overloaded", "+cut",
]


def config(vendor, key):
    lines = ["model_list:"]
    for route, name, path, model in ROUTES:
        url, vendor_key = vendor.at(name)
        for variant in VARIANTS:
            lines += [
                f"  - model_name: {route}{variant}",
                "    litellm_params:",
                f"      model: {route}/{model}{variant}",
                f"      api_base: {url}{path}",
                f"      api_key: {vendor_key}",
                "      max_retries: 0",
            ]
    lines += [
        "litellm_settings:",
        "  telemetry: false",
        # Else `/v1/messages` reaches OpenAI-like vendors as `/v1/responses`.
        "  use_chat_completions_url_for_anthropic_messages: true",
        "router_settings:",
        "  disable_cooldowns: true",
        "  num_retries: 0",
        "general_settings:",
        f"  master_key: {key}",
    ]
    return "\n".join(lines) + "\n"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until_alive(proxy, url):
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + START_MAX_S
    while time.monotonic() < deadline:
        if proxy.poll() is not None:
            raise RuntimeError(f"the proxy ended with {proxy.returncode} before it served")
        try:
            with opener.open(f"{url}/health/liveliness", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.5)
    raise RuntimeError(f"the proxy did not serve within {START_MAX_S} s")


def end(process):
    """Ends a process that leads a group of its own, and whatever it started."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, sign)
        except ProcessLookupError:
            pass
        try:
            process.wait(STOP_MAX_S)
            return
        except subprocess.TimeoutExpired:
            continue


def main(command):
    checks = Checks("proxy")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    key = f"sk-{secrets.token_hex(16)}"
    url = f"http://127.0.0.1:{free_port()}"
    quiet = {
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",
        "LITELLM_LOCAL_ANTHROPIC_BETA_HEADERS": "True",
        "NO_PROXY": "127.0.0.1",
        "no_proxy": "127.0.0.1",
    }
    with tempfile.TemporaryDirectory() as dir, Vendor() as vendor:
        file = pathlib.Path(dir, "config.yaml")
        file.write_text(config(vendor, key))
        log = pathlib.Path(dir, "proxy.log")
        litellm = pathlib.Path(sys.executable).with_name("litellm")
        words = [litellm, "--config", file, "--host", "127.0.0.1", "--port", url.rsplit(":")[-1]]
        with log.open("wb") as out:
            proxy = subprocess.Popen(
                words, cwd=dir, env={**os.environ, **quiet}, stdin=subprocess.DEVNULL,
                stdout=out, stderr=subprocess.STDOUT, start_new_session=True,
            )
            try:
                with checks.check("the proxy serves"):
                    wait_until_alive(proxy, url)
                if not checks.failed:
                    with checks.check("our providers talk through it"):
                        environment = {
                            **os.environ, "PEERS_PROXY_URL": url, "PEERS_PROXY_KEY": key,
                        }
                        done = subprocess.run(command, env=environment, timeout=COMMAND_MAX_S)
                        same("exit code", done.returncode, 0)
            finally:
                end(proxy)
        if checks.failed:
            print("--- the end of the proxy's log", *log.read_text().splitlines()[-80:], sep="\n")
    with checks.check("no request behind the proxy was refused"):
        # The proxy looks for a list of models by itself, which the vendor has not.
        refusals = [
            (name, refusal) for name, refusal in vendor.refusals()
            if "GET /v1/models" not in refusal["message"]
        ]
        same("refusals", refusals, [])
    with checks.check("Anthropic's thoughts went back through it with their signature"):
        # Two providers keep them, in two conversations each.
        same("requests with them", vendor.asked["anthropic"]["signed_thoughts"], 4)
    return checks.exit_code()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
