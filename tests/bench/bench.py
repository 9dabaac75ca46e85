"""bench.py - requests per second behind nginx, and CPU time per request.

usage: python3 -B tests/bench/bench.py BIN [SECONDS [ROUNDS [CONNECTIONS]]]

The guestbook of BIN, beside a bare loop on libfcgi that stores nothing (ceiling.c), the
same guestbook in PHP and in C by hand (rivals/), and, with BENCH_BEFORE=/another/checkout
in the environment, its build/release/guestbook.  All have the same form.
- Each POST has a form key that is used once, and is durable before its 303.
- GETs of a result go to 1,000 different ones; "of 1,000,000" is a store with so many.
- All are measured in turn, ROUNDS times, SECONDS each; the figures are medians.
- CPU is user and system time of the process and its children.  It tells more than the
  rate, as the load generator and nginx share the machine.
"""
import contextlib
import glob
import os
import random
import re
import shutil
import sqlite3
import statistics
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE + "/../lib")
import forms     # noqa: E402
from harness import App, Place, Process, environment     # noqa: E402
from runner import start_suite, status     # noqa: E402
from setups import web_user     # noqa: E402
from wrk import Wrk     # noqa: E402

RIVALS = HERE + "/rivals"
FEW, MANY, SAMPLE = 1000, 1000000, 100000
WARM_UP = 1             # seconds
RATE = 40000            # keys for so many POSTs a second
AT_ONCE = 8             # children, or threads, of a program that blocks
FOREIGN = 0.15          # share of the machine that others may have without a note
FORM = "name=Visitor+%n&message=It+was+a+pleasure+to+be+here%2C+thank+you.&stars=5"
ONE = FORM.replace("%n", "1")

NGINX = """
    map "$request_method$status" $unexpected {{ GET200 0; POST303 0; default 1; }}
    log_format unexpected "$status $request";
    keepalive_requests 1000000000;
    upstream app {{ server unix:{socket}; {keep} }}
    server {{
        listen 80;
        access_log {folder}/unexpected unexpected if=$unexpected;
        location / {{
            include /etc/nginx/fastcgi_params;
            {params}
            fastcgi_pass app;
        }}
    }}
"""
KEEP = "keepalive 64; keepalive_requests 1000000000;"

FPM = """[global]
daemonize = no
error_log = /dev/stderr
[guestbook]
user = {user.pw_name}
group = {user.pw_gid}
listen = {socket}
listen.backlog = 1024
listen.mode = 0666
pm = static
pm.max_children = {children}
php_admin_value[opcache.enable] = 1
php_admin_value[opcache.validate_timestamps] = 0
"""


class Quiet:
    """Instead of a suite of tests: any exception ends the run."""

    def row(self, _):
        return contextlib.nullcontext()


# -- the programs -------------------------------------------------------------------

class Program:
    """One program behind an nginx of its own.  After start(), 'process' is the program."""

    field, table = "id", "entry"
    keep, params = "", ""

    def __init__(self, name, place):
        self.name, self.place = name, place
        self.socket, self.store = place.file("app.sock"), place.file("guestbook.db")
        os.chmod(place.folder, 0o755)
        self.start()
        self.web = place.nginx_by(NGINX.format(
            folder=place.folder, socket=self.socket, keep=self.keep, params=self.params), processes=self.workers())
        self.paths = place.write("paths", "")

    @staticmethod
    def workers():
        """Workers that drop to another user could not open our sockets and files."""
        return "worker_processes auto;" + " user root;" * (os.getuid() == 0)

    def run(self, args, words):
        self.process = Process(args, cwd=self.place.folder, env=environment(),
                               start_new_session=True)
        self.place.servers.append(self.process)
        self.process.wait_for(words)

    def fill(self):
        """FEW results, each by a POST, and the file of their paths."""
        with open(self.paths, "w") as f:
            for n in range(FEW):
                f.write(forms.location(self.web.post("/", FORM.replace("%n", str(n)))) + "\n")

    def keys(self, count):
        for _ in range(count):
            yield "%032x" % random.getrandbits(128)

    def count(self):
        db = sqlite3.connect(f"file:{self.store}?mode=ro", uri=True)
        try:
            return db.execute(f"SELECT count(*) FROM {self.table}").fetchone()[0]
        finally:
            db.close()

    def unexpected(self):
        """Statuses that no request of ours may get; 499 is wrk's end."""
        with open(self.place.file("unexpected")) as f:
            return [line for line in f if not line.startswith("499 ")]


class Ours(Program):
    field, table = "prg-key", "submission"
    keep, params = KEEP, "fastcgi_keep_conn on;"

    def start(self):
        self.process = App(self.place.args("--listen", "unix:" + self.socket + ",mode=0666",
                                           "--store", self.store),
                           self.socket, self.store, cwd=self.place.folder, env=environment())
        self.place.apps.append(self.process)

    def keys(self, count):
        secret = forms.secrets(self.process)[0]
        for _ in range(count):
            yield forms.sign(secret, forms.make_id(), "/")


class Full(Ours):
    """With MANY results, which are copies of one under other IDs."""

    def fill(self):
        forms.location(self.web.post("/", ONE))
        self.process.stop()
        self.place.apps.clear()
        # An ID begins with its time: in order, rows are added at the end of the table.
        ids = sorted(forms.make_id(n % 100000) for n in range(MANY))
        db = sqlite3.connect(self.store)
        db.row_factory = sqlite3.Row
        row = dict(db.execute("SELECT * FROM submission").fetchone())
        place = list(row).index("id")
        values = list(row.values())
        db.executemany(
            f"INSERT INTO submission ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})",
            (values[:place] + [id] + values[place + 1:] for id in ids))
        db.commit()
        db.close()
        self.start()
        with open(self.paths, "w") as f:
            f.writelines(f"/{id}\n" for id in random.sample(ids, SAMPLE))


class Ceiling(Program):
    keep, params = KEEP, "fastcgi_keep_conn on;"
    pages = None            # of the program that it is compared to

    def start(self):
        files = [self.place.write(name, "") for name in ("form", "result")]
        for path, page in zip(files, self.pages):
            with open(path, "wb") as f:
                f.write(page)
        self.run([os.path.join(self.place.bin, "ceiling"), self.socket, *files], "serving")

    def fill(self):
        self.place.write("paths", "".join(f"/{n}\n" for n in range(FEW)))

    def count(self):
        return None


class ByHand(Program):
    """It blocks: a connection that is kept would keep one of its threads waiting."""

    def start(self):
        self.run([os.path.join(self.place.bin, "rival"), self.socket, str(AT_ONCE),
                  self.store], "serving")


class Php(Program):
    def start(self):
        user = web_user()
        script = shutil.copy(RIVALS + "/guestbook.php", self.place.folder)
        os.chmod(script, 0o644)
        self.params = (f"fastcgi_param SCRIPT_FILENAME {script};"
                       f"fastcgi_param STORE {self.store};")
        with open(RIVALS + "/schema.sql") as f:
            db = sqlite3.connect(self.store)
            db.executescript(f.read())
            db.close()
        os.chown(self.place.folder, user.pw_uid, user.pw_gid)
        os.chown(self.store, user.pw_uid, user.pw_gid)
        conf = self.place.write("fpm.conf", FPM.format(user=user, socket=self.socket,
                                                        children=AT_ONCE))
        fpm = shutil.which("php-fpm") or sorted(glob.glob("/usr/sbin/php-fpm*"))[-1]
        self.run([fpm, "-F", "-y", conf], "ready to handle connections")


def whole(response):
    """The bytes of an answer as the app gave it to nginx."""
    own = ("server", "date", "connection", "transfer-encoding", "content-length")
    head = "".join(f"{n}: {v}\r\n" for n, v in response.fields if n.lower() not in own)
    return head.encode() + b"\r\n" + response.body


def start(stack, build):
    """All programs, each with its results."""
    found = []

    def add(program, name, build=build):
        place = stack.enter_context(Place(Quiet(), build))
        found.append(program(name, place))
        found[-1].fill()
        return found[-1]

    ours = add(Ours, "prg")
    with open(ours.paths) as f:
        Ceiling.pages = [whole(status(ours.web.get(path), 200))
                         for path in ("/", f.readline().strip())]
    add(Full, "prg, of 1,000,000")
    if before := os.environ.get("BENCH_BEFORE"):
        add(Ours, "before", before + "/build/release")
        add(Full, "before, of 1,000,000", before + "/build/release")
    add(Ceiling, "ceiling: libfcgi, no store")
    add(ByHand, "C by hand on libfcgi")
    add(Php, "PHP, php-fpm")
    return found


# -- measuring ------------------------------------------------------------------------

def family(pid):
    """The process and all below it."""
    pids = [pid]
    for p in pids:
        for path in glob.glob(f"/proc/{p}/task/*/children"):
            with open(path) as f:
                pids += map(int, f.read().split())
    return pids


def cpu(pid):
    """User and system time of a process and those below it, in seconds."""
    ticks = 0
    for p in family(pid):
        with open(f"/proc/{p}/stat") as f:
            fields = f.read().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def machine():
    """Time in which the machine was busy, and that of our finished children."""
    with open("/proc/stat") as f:
        fields = [int(n) for n in f.readline().split()[1:]]
    busy = sum(fields[:8]) - fields[3] - fields[4]
    return busy / os.sysconf("SC_CLK_TCK"), sum(os.times()[2:4])


def write_keys(program, count):
    with open(program.place.file("keys"), "w") as f:
        f.writelines(key + "\n" for key in program.keys(count))
    return f.name


def load(program, request, seconds, connections):
    """One run: requests a second, CPU in us, p50 and p99 in ms."""
    settings, path = {}, "/"
    if request == "result":
        settings = {"paths": program.paths}
    elif request == "post":
        settings = {"post": FORM, "field": program.field,
                    "keys": write_keys(program, int(RATE * (seconds + WARM_UP)))}
    Wrk(program.web, path, WARM_UP, connections, **settings).result()
    nginx = program.place.servers[-1].pid
    pids = program.process.pid, nginx
    rows, before, (busy, ended) = program.count(), [cpu(p) for p in pids], machine()
    got = Wrk(program.web, path, seconds, connections, **settings,
              **{"from": RATE * WARM_UP // 2}).result()
    took = [cpu(p) - b for p, b in zip(pids, before)]
    foreign = machine()[0] - busy - (machine()[1] - ended) - sum(took)
    if foreign > FOREIGN * seconds * os.cpu_count():
        print(f"# {program.name}, {request}: {foreign:.1f} s of CPU went to others", flush=True)
    if request == "post" and rows is not None:
        stored = program.count() - rows
        assert stored >= got["requests"], f"{stored} rows for {got['requests']} answers"
    assert not program.unexpected(), f"{program.name}: {program.unexpected()[:3]}"
    return (got["requests"] / got["seconds"], 1e6 * took[0] / got["requests"],
            got["p50"], got["p99"])


REQUESTS = [("form", "GET form"), ("result", "GET result, one of 1,000"),
            ("post", "POST, durable, to 303")]


def measured(programs, request):
    """Those with a full store only for GETs of results."""
    return [p for p in programs if request == "result" or not isinstance(p, Full)]


def report(figures, title, connections):
    print(f"\n{title + f', {connections} connections':40} {'req/s':>8} {'ratio':>6} "
          f"{'CPU us':>7} {'p50 ms':>7} {'p99 ms':>7}")
    middle = {name: [statistics.median(column) for column in zip(*runs)]
              for name, runs in figures.items()}
    ceiling = next(m[0] for name, m in middle.items() if name.startswith("ceiling"))
    for name, (rate, took, p50, p99) in middle.items():
        print(f"{name:40} {rate:8.0f} {rate / ceiling:6.2f} {took:7.1f} {p50:7.2f} {p99:7.2f}")


def main(build, seconds="8", rounds="3", connections="64"):
    start_suite()           # its signals and limits; there are no rows
    with contextlib.ExitStack() as stack:
        programs = start(stack, build)
        figures = {r: {} for r, _ in REQUESTS}
        for _ in range(int(rounds)):
            for request, _ in REQUESTS:
                for p in measured(programs, request):
                    figures[request].setdefault(p.name, []).append(
                        load(p, request, float(seconds), int(connections)))
    for request, title in REQUESTS:
        report(figures[request], title, connections)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(*sys.argv[1:])
