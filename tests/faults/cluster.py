"""A PostgreSQL of the fault tests' own, which can be stopped under its users."""

import glob
import os
import pwd
import shutil
import signal
import subprocess
from pathlib import Path

from common import check, free_port


def programs():
    """Where PATH leads, or where Debian keeps them, newest first."""
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else []
    folders += sorted(map(Path, glob.glob("/usr/lib/postgresql/*/bin")), key=lambda p: int(p.parent.name) if p.parent.name.isdigit() else 0, reverse=True)
    there = [f for f in folders if (f / "initdb").exists() and (f / "pg_ctl").exists()]
    check(there, "PostgreSQL is not installed; tests/tools/postgres installs it")
    return there[0]


class Cluster:
    def __init__(self, folder):
        self.folder, self.bin, self.port = Path(folder), programs(), free_port()
        self.owner = None
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root
            self.owner = "postgres" if "postgres" in (u.pw_name for u in pwd.getpwall()) else "nobody"
            shutil.chown(self.folder, self.owner)
        self.run("initdb", "-D", "data", "--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync")
        with open(self.folder / "data/postgresql.conf", "a") as settings:
            settings.write(f"listen_addresses = '127.0.0.1'\nport = {self.port}\nunix_socket_directories = '{self.folder}'\n")
        self.start()
        self.url = f"postgres://postgres@127.0.0.1:{self.port}/postgres"

    def run(self, program, *words):
        command = [self.bin / program, *words]
        if self.owner:
            command = ["runuser", "-u", self.owner, "--", *command]
        log = open(self.folder / "cluster.log", "ab")
        done = subprocess.run(command, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        check(done.returncode == 0, f"{program} {words}: {(self.folder / 'cluster.log').read_text(errors='replace')[-2000:]}")

    def start(self):
        self.run("pg_ctl", "-D", "data", "-s", "-w", "-l", "postgres.log", "start")

    def stop(self, mode):
        self.run("pg_ctl", "-D", "data", "-s", "-w", "-m", mode, "stop")

    def processes(self):
        first = int((self.folder / "data/postmaster.pid").read_text().split()[0])
        children = [int(pid) for pid in Path(f"/proc/{first}/task/{first}/children").read_text().split()]
        return [first, *children]

    def hang(self):
        """Nobody is answered, and no connection ends. Gives the processes that hang."""
        pids = self.processes()
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        return pids

    def go_on(self, pids):
        for pid in pids:
            os.kill(pid, signal.SIGCONT)
