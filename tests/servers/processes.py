"""A server for the time of the tests: a folder that it owns, a port of its own, and its end when they end."""

from __future__ import annotations

import contextlib
import ctypes
import glob
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from attrs import frozen

_PARENT_DIED = 1  # PR_SET_PDEATHSIG
_PATIENCE = 60.0  # seconds


class NotHere(Exception):  # noqa: N818 - no fault: the tests that need it are skipped with the reason
    """The machine has no such server; the text says what is missing."""


@frozen
class Account:
    """Who a server runs as: servers refuse root, so root hands them to somebody else."""

    user: str | None
    group: int | None

    def run(self, command: Sequence[str], folder: Path) -> None:
        """Runs a command to its end. Raises NotHere with what it said where it fails."""
        done = subprocess.run(command, cwd=folder, user=self.user, group=self.group, capture_output=True, text=True)
        if done.returncode:
            raise NotHere(f"{command[0]}: {done.stderr.strip()[-300:]}")

    def start(self, command: Sequence[str], folder: Path) -> subprocess.Popen[bytes]:
        with open(folder / "server.log", "wb") as log:
            return subprocess.Popen(  # a killed test run takes its servers along
                command,
                cwd=folder,
                user=self.user,
                group=self.group,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=_dies_with_us if sys.platform == "linux" else None,
            )


def _dies_with_us() -> None:
    """Asks Linux to end this process with the one that started it."""
    ctypes.CDLL(None).prctl(_PARENT_DIED, signal.SIGTERM)


def account(*users: str) -> Account:
    """The first of the users that the machine knows, where we are root; else ourselves."""
    if os.geteuid() != 0:
        return Account(None, None)
    for each in users:
        with contextlib.suppress(KeyError):
            return Account(each, pwd.getpwnam(each).pw_gid)
    raise NotHere("the tests run as root, and there is nobody else to run a server as")


def program(name: str, *places: str) -> str:
    """The path of a program: on the path, or in one of the places. Raises NotHere."""
    found = shutil.which(name)
    others = [each for place in places for each in sorted(glob.glob(os.path.join(place, name)), reverse=True)]
    if found is None and not others:
        raise NotHere(f"there is no {name} on this machine")
    return os.path.realpath(found or others[0])


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def folder_for(owner: Account, name: str) -> Iterator[Path]:
    """A folder that the server may write to, gone in the end."""
    folder = Path(tempfile.mkdtemp(prefix=f"rulelang-{name}-", dir="/tmp"))
    try:
        if owner.user is not None:
            shutil.chown(folder, owner.user)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def running(
    owner: Account, command: Sequence[str], folder: Path, ready: Callable[[], object], stop: int = signal.SIGTERM
) -> Iterator[None]:
    """The server while the context lasts, once `ready` no longer raises; `stop` is the signal that ends it, whoever
    is connected. Raises NotHere where it never is ready.
    """
    process = owner.start(command, folder)
    try:
        deadline = time.monotonic() + _PATIENCE
        while True:
            try:
                ready()
                break
            except Exception as error:
                if process.poll() is not None or time.monotonic() > deadline:
                    raise NotHere(f"{command[0]}: {(folder / 'server.log').read_text()[-500:]}") from error
                time.sleep(0.1)
        yield
    finally:
        process.send_signal(stop)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def with_places(text: str) -> str:
    """A statement that ends with `VALUES (?, …)` as drivers want it that write values as `%s`."""
    head, between, values = text.rpartition(" VALUES ")
    return head.replace("%", "%%") + between + values.replace("?", "%s")
