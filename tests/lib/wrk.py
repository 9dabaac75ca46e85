"""wrk.py - load by wrk(1)."""
import json
import os
import subprocess
import threading

from client import DEADLINE
from harness import environment

HERE = os.path.dirname(os.path.abspath(__file__))


class Wrk(threading.Thread):
    """A run of wrk, which has begun.  The keyword arguments are those of wrk.lua: want=303
    is WRK_WANT."""

    def __init__(self, web, path, seconds, connections=64, **settings):
        super().__init__()
        env = {"WRK_" + n.upper(): str(v) for n, v in settings.items() if v is not None}
        self.process = subprocess.Popen(
            ["wrk", "-t2", f"-c{connections}", f"-d{seconds:g}s", "--timeout", "10s", "-s",
             HERE + "/wrk.lua", f"http://127.0.0.1:{web.port}{path}"],
            env=environment(LC_ALL="C", **env), text=True, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT)
        self.longest = seconds + DEADLINE
        self.start()

    def run(self):
        try:
            self.said = self.process.communicate(timeout=self.longest)[0]
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.said = "wrk did not end"

    def result(self):
        """The figures of wrk.lua: counts, seconds, p50 and p99 in milliseconds."""
        self.join()
        _, found, line = self.said.partition("JSON ")
        assert found and self.process.returncode == 0, f"wrk: {self.said}"
        return json.loads(line)

    def wanted(self):
        """The count of the responses that were wanted; there must be no others."""
        r = self.result()
        bad = {n: r[n] for n in ("other", "connect", "read", "write", "timeout") if r[n]}
        assert not bad, f"other statuses, and errors of wrk: {bad}"
        return r["wanted"]
