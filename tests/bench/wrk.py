"""wrk.py - requests per second, by wrk."""
import os
import re
import subprocess
import tempfile

POST = """
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
wrk.body = "name=Ann&message=Hello+there%2C+this+is+a+message&stars=5"
"""


def ms(out, which):
    """A percentile of wrk's, in milliseconds."""
    number, unit = re.search(which + r"\s+([\d.]+)(us|ms|s)\b", out).groups()
    return float(number) * {"us": 0.001, "ms": 1, "s": 1000}[unit]


def failed(out):
    """Whether something was not answered.  A server may close a connection between two
    requests, as Apache does when it is busy: wrk opens another, and it is one "read"."""
    errors = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)",
                       out)
    if errors is None:
        return "Non-2xx" in out
    connect, read, write, timeout = map(int, errors.groups())
    requests = int(re.search(r"(\d+) requests in", out).group(1))
    return "Non-2xx" in out or connect + write + timeout > 0 or read > requests / 100


def run(url, seconds, connections, lua=None):
    """Requests per second, and the median and the 99th percentile in milliseconds."""
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as f:
        f.write(lua or "")
        f.flush()
        out = subprocess.run(
            ["wrk", "-t1", f"-c{connections}", f"-d{seconds:g}s", "--latency",
             "--timeout", "10s",
             *(["-s", f.name] if lua else []), url],
            capture_output=True, text=True, check=True, env={**os.environ, "LC_ALL": "C"}).stdout
    if failed(out):
        raise SystemExit(f"bench: {url}:\n{out}")
    return (float(re.search(r"Requests/sec:\s+([\d.]+)", out).group(1)),
            ms(out, "50%"), ms(out, "99%"))
