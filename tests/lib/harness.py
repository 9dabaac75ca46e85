"""harness.py - the app, and a real nginx before it, in a folder of their own."""
import os
import re
import resource
import shutil
import signal
import socket
import sqlite3
import subprocess
import tempfile
import threading
import time

from client import DEADLINE, Fcgi, Web

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
REPORTS = ("AddressSanitizer", "LeakSanitizer", "ThreadSanitizer", "runtime error:")

NGINX = """daemon off;
{processes}
pid {folder}/nginx.pid;
error_log stderr notice;
events {{ worker_connections 4096; }}
http {{
    include /etc/nginx/mime.types;
    access_log off;
    client_body_temp_path {folder}/tmp/body;
    proxy_temp_path {folder}/tmp/proxy;
    fastcgi_temp_path {folder}/tmp/fastcgi;
    uwsgi_temp_path {folder}/tmp/uwsgi;
    scgi_temp_path {folder}/tmp/scgi;
    include {folder}/site.conf;
}}
"""


def environment(**more):
    """Our environment, without variables that the app would read."""
    env = {n: v for n, v in os.environ.items() if not re.match(
        "PRG_|HTTP_|LISTEN_|GATEWAY_INTERFACE|STATE_DIRECTORY", n)}
    return {**env, **more}


def allow_many_files():
    """Allow thousands of connections, here and in the processes that we start."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = 20000 if hard == resource.RLIM_INFINITY else min(hard, 20000)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def heed_ctrl_c():
    """As preexec_fn: a shell ignores SIGINT in what it starts in the background."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def room_for(connections):
    """As preexec_fn of an app: it has descriptors for so many connections, more than 128,
    and 128 others; gateway/fastcgi.c."""
    number = 128 + connections
    return lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (number, number))


class Process:
    """A process whose lines on stderr are events."""

    def __init__(self, args, **kw):
        kw.setdefault("stdin", subprocess.DEVNULL)
        self.own_session = kw.get("start_new_session", False)
        self.lines = []
        self.ended = False      # its stderr is closed
        self.event = threading.Condition()
        self.process = subprocess.Popen(args, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.PIPE, **kw)
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    @property
    def pid(self):
        return self.process.pid

    @property
    def log(self):
        return "".join(self.lines)

    def _read(self):
        for line in self.process.stderr:
            with self.event:
                self.lines.append(line.decode(errors="replace"))
                self.event.notify_all()
        with self.event:
            self.ended = True
            self.event.notify_all()

    def wait_for(self, words):
        with self.event:
            self.event.wait_for(lambda: self.ended or words in self.log, DEADLINE)
            assert words in self.log, f"no {words!r} in the log:\n{self.log}"

    def running(self):
        return self.process.poll() is None

    def signal(self, number):
        self.process.send_signal(number)

    def wait(self):
        """Its exit code, once it has ended."""
        try:
            code = self.process.wait(DEADLINE)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"it does not end; its log is:\n{self.log}") from None
        self.reader.join(DEADLINE)
        return code

    def kill(self):
        """End it at once, and what it has started: a child would keep its stderr open."""
        if self.own_session:
            os.killpg(self.pid, signal.SIGKILL)
        self.process.kill()
        self.process.wait()
        self.reader.join(DEADLINE)
        self.process.stderr.close()


class App(Process):
    def __init__(self, args, path, store, **kw):
        self.path, self.store = path, store
        super().__init__(args, **kw)
        try:
            self.wait_for(" event=start ")
        except AssertionError:
            self.kill()
            raise

    def connect(self):
        return Fcgi(self.path)

    def request(self, *args, **kw):
        c = self.connect()
        try:
            return c.request(*args, **kw)
        finally:
            c.close()

    def stop(self, number=signal.SIGTERM):
        """End it as an administrator would; how long that took."""
        start = time.monotonic()
        self.signal(number)
        code = self.wait()
        assert code == 0, f"its exit code is {code}:\n{self.log}"
        for report in REPORTS:
            assert report not in self.log, f"a report:\n{self.log}"
        return time.monotonic() - start

    def rows(self, sql="SELECT * FROM submission", *args):
        """Rows of the store, read beside the app."""
        db = sqlite3.connect(f"file:{self.store}?mode=ro", uri=True)
        try:
            return db.execute(sql, args).fetchall()
        finally:
            db.close()


def may(*words):
    """Whether this machine allows it: some containers have no namespaces."""
    if subprocess.run([*words, "true"], capture_output=True).returncode == 0:
        return True
    print(f"# not run: {' '.join(words)} is not allowed here", flush=True)
    return False


def processes(folder):
    """Those that have the folder in their command line, or work in it."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as f:
                words = f.read()
            if folder.encode() in words or os.readlink(f"/proc/{pid}/cwd").startswith(folder):
                found.append(int(pid))
        except OSError:
            pass            # it has ended just now
    return found


def check_gone(folder):
    """Wait until no process is left that has to do with the folder."""
    end = time.monotonic() + DEADLINE
    while left := processes(folder):
        assert time.monotonic() < end, [open(f"/proc/{p}/cmdline").read() for p in left]
        time.sleep(0.05)


def kill_all(folder):
    for pid in processes(folder):
        os.kill(pid, signal.SIGKILL)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def replace(text, old, new):
    assert text.count(old) == 1, f"there is not one {old!r} in:\n{text}"
    return text.replace(old, new)


class Place:
    """A folder for one test, and the processes that it starts; they end with it."""

    def __init__(self, suite, bin):
        self.suite, self.bin = suite, os.path.abspath(bin)
        self.folder = tempfile.mkdtemp(prefix="prg-", dir="/tmp")
        self.apps, self.servers = [], []

    def file(self, *names):
        return os.path.join(self.folder, *names)

    def write(self, name, text):
        """Create or replace a file, at once."""
        path = self.file(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path + "~", "w") as f:
            f.write(text)
        os.rename(path + "~", path)
        return path

    def args(self, *flags, program="guestbook"):
        return [os.path.join(self.bin, program), *flags]

    def app(self, *flags, program="guestbook", socket="app.sock", env=None, **kw):
        path, store = self.file(socket), self.file(program + ".db")
        args = self.args("--listen", "unix:" + path, "--store", store, *flags,
                         program=program)
        app = App(args, path, store, cwd=self.folder, env=environment(**env or {}), **kw)
        self.apps.append(app)
        return app

    def forget(self, app):
        """An app that has ended: another one has come in its place."""
        app.process.stderr.close()
        self.apps.remove(app)

    def deployed(self, name, **paths):
        """A file of deploy/, as "prg deploy" prints it for the paths of this place."""
        paths = {"name": "guestbook", "cache": self.file("cache"), "logs": self.file("tmp"),
                 **paths}
        return subprocess.run(
            ["sh", TOP + "/tools/prg", "deploy", name,
             *(word for flag in paths for word in ("--" + flag, paths[flag]))],
            check=True, capture_output=True, text=True).stdout

    def serve(self, write, args, words, **kw):
        """A server on a free port, for which 'write' has written; 'words' say it is up."""
        for last in (False, False, True):
            port = free_port()
            write(port)
            server = Process(args, cwd=self.folder, start_new_session=True, **kw)
            self.servers.append(server)
            try:
                server.wait_for(words)
                return Web(port)
            except AssertionError:
                # Another process may have taken the port just now.
                if last or "Address already in use" not in server.log:
                    raise

    def nginx(self, app, change=lambda conf: conf):
        """nginx before a running app, by deploy/nginx.conf."""
        return self.nginx_by(self.deployed("nginx.conf", socket=app.path), change)

    def nginx_by(self, conf, change=lambda conf: conf, processes="master_process off;",
                 limited=False):
        """Most tests send more forms than deploy/nginx.conf lets one address send."""
        os.makedirs(self.file("tmp"), exist_ok=True)
        if not limited:
            conf = conf.replace("rate=10r/s", "rate=1000000r/s").replace(
                "burst=50", "burst=1000000")
        self.write("nginx.conf", NGINX.format(folder=self.folder, processes=processes))
        return self.serve(
            lambda port: self.write("site.conf", change(
                replace(conf, "listen 80;", f"listen 127.0.0.1:{port};"))),
            [shutil.which("nginx") or "/usr/sbin/nginx", "-e", "stderr",
             "-c", self.file("nginx.conf")], 'using the "epoll" event method')

    def stop_nginx(self):
        for server in self.servers:
            if server.running():
                server.kill()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        try:
            self.stop_nginx()
            for app in self.apps:
                if app.running():
                    with self.suite.row("the app ends well"):
                        app.stop()
        finally:
            for process in self.servers + self.apps:
                if process.running():
                    process.kill()
            shutil.rmtree(self.folder, ignore_errors=True)
