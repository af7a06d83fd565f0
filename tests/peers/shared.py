"""What the checks share: the loopback vendor, the rows of the summary, and what the model says."""

import json
import logging
import os
import subprocess
import threading
import time
import traceback
import warnings
from contextlib import contextmanager

# What the scripted model says; see `tests/support/scripted.rs`.
FILES = ["Cargo.toml", "README.md"]
THOUGHTS = "Both files, at once: “naïve” guesses help nobody. 🦀"
REDACTED = "b64+/opaque=="
OPENING = "I read both files first – “Cargo.toml” and “README.md”. 🦀"
ASKING = {"input": 120, "output": 34, "read": 80, "written": 16}
ANSWERING = {"input": 40, "output": 21, "read": 216, "written": 0}
SYSTEM = "Be brief."
QUESTION = "What does Cargo.toml describe? 🦀"
OUTCOMES = ["[package]\nname = “naïve”\n", "Error: there is no such file"]
FINAL = (
    "`Cargo.toml` has 2 lines: [package] · name = “naïve”\n"
    "`README.md` could not be read: Error: there is no such file"
)
SCHEMA = {
    "type": "object",
    "properties": {"path": {"type": "string"}},
    "required": ["path"],
    "additionalProperties": False,
}

START_MAX_S = 30


class Vendor:
    """The loopback vendor as a child process. It ends with its standard input, so with us."""

    def __enter__(self):
        self.process = subprocess.Popen(
            [os.environ["PEERS_VENDOR"]],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        overdue = threading.Timer(START_MAX_S, self.process.kill)
        overdue.start()
        line = self.process.stdout.readline()
        overdue.cancel()
        if not line:
            raise RuntimeError("the vendor did not start")
        self.places = json.loads(line)
        return self

    def at(self, name):
        return self.places[name]["base_url"], self.places[name]["key"]

    def __exit__(self, *_):
        self.process.stdin.close()
        try:
            self.process.wait(START_MAX_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        line = self.process.stdout.readline()
        self.asked = json.loads(line) if line else {}

    def refusals(self):
        """Why requests were refused; known after the end."""
        return [(name, refusal) for name, a in self.asked.items() for refusal in a["refusals"]]


class Complaints(logging.Handler):
    """Whatever a package says at the level of a warning."""

    def __init__(self):
        super().__init__(logging.WARNING)
        self.lines = []

    def emit(self, record):
        self.lines.append(f"{record.name}: {record.getMessage()}")


class Checks:
    """Runs checks, and adds a row per check to the file of the summary."""

    def __init__(self, group):
        self.group = group
        self.failed = 0
        self.complaints = Complaints()
        logging.getLogger().addHandler(self.complaints)

    @contextmanager
    def check(self, name):
        self.complaints.lines.clear()
        began = time.monotonic()
        problem = None
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                yield
            if self.complaints.lines:
                problem = "; ".join(self.complaints.lines)
        except Exception as error:
            traceback.print_exc(limit=-2)
            problem = f"{type(error).__name__}: {error}"
        self.row(name, problem, time.monotonic() - began)

    def row(self, name, problem, seconds=0.0):
        state = "FAILED" if problem else "ok"
        self.failed += bool(problem)
        words = " ".join((problem or "").split())[:300]
        print(f"{state:6} {self.group}: {name} ({seconds:.1f} s) {words}", flush=True)
        with open(os.environ["PEERS_RESULTS"], "a") as results:
            results.write(f"{state}\t{self.group}\t{name}\n")

    def exit_code(self):
        return 1 if self.failed else 0


def same(what, got, want):
    if got != want:
        raise AssertionError(f"{what}: got {got!r}, want {want!r}")
