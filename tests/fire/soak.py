"""soak.py - visitors and hostile peers side by side, for so long.

usage: python3 -B tests/fire/soak.py BIN SECONDS

What the app needs of memory and descriptors becomes level and stays so; in the end
nothing of all that is left but the rows.
"""
import os
import random
import re
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)) + "/../lib")
from harness import Place, room_for     # noqa: E402
from load import Load     # noqa: E402
from runner import equal, start_suite     # noqa: E402
from table import CONNECTIONS, GONE, TABLE     # noqa: E402
from wire import Neighbour, Peer, check_descriptors, descriptors, settled     # noqa: E402

STEPS = 10
HOSTILE = 4
GROWTH, SPARE = 1.25, 16 << 20      # of memory, from the first third to the end
IDLE = 64 + 16                      # connections of nginx and of ours that may be open

# Sanitizers keep what was freed for a while; not so much that it hides what is not.
HERE = os.path.dirname(os.path.abspath(__file__))
SMALL = {"ASAN_OPTIONS": "quarantine_size_mb=4",
         "TSAN_OPTIONS": f"suppressions={HERE}/tsan.supp"}


def memory(pid):
    with open(f"/proc/{pid}/status") as f:
        return int(re.search(r"VmRSS:\s*(\d+) kB", f.read())[1]) << 10


class Hostile(threading.Thread):
    """One row of the table after the other, some of them not to their end."""

    def __init__(self, app, number):
        super().__init__()
        self.app, self.rng = app, random.Random(number)
        self.over, self.count, self.wrong = False, 0, []
        self.start()

    def run(self):
        while not self.over:
            try:
                self.one(*self.rng.choice(TABLE))
            except Exception as e:
                self.wrong.append(str(e) or repr(e))
            self.count += 1

    def one(self, name, data, want, *gone):
        peer = Peer(self.app)
        try:
            if data is not GONE and self.rng.random() < 0.5:
                peer.send(data[:self.rng.randrange(len(data))])
                return
            peer.send(b"" if data is GONE else data)
            if data is GONE or gone:
                peer.finish()
            equal(peer.events(want.split(", ")), want.split(", "), name)
        finally:
            peer.close()


def measure(app, seconds):
    """(memory, descriptors) after each step."""
    start, steps = time.monotonic(), []
    for i in range(1, STEPS + 1):
        time.sleep(max(0, start + seconds * i / STEPS - time.monotonic()))
        steps.append((memory(app.pid), len(descriptors(app.pid))))
        print(f"# {seconds * i // STEPS} s: {steps[-1][0] >> 10} KB, "
              f"{steps[-1][1]} descriptors", flush=True)
    return steps


def soak(t, place, seconds):
    app = place.app(preexec_fn=room_for(CONNECTIONS), program="probe", env=SMALL)
    neighbour = Neighbour(app)
    fds = settled(app, neighbour) - 1
    load = Load(place.nginx(app), "/note", "text", "text={}")
    hostile = [Hostile(app, i) for i in range(HOSTILE)]
    try:
        steps = measure(app, seconds)
    finally:
        for h in hostile:
            h.over = True
        for h in hostile:
            h.join()
        load.stop()
        neighbour.stop()
    print(f"# {load.done} requests of visitors, {sum(h.count for h in hostile)} hostile peers, "
          f"{neighbour.answered} requests of a neighbour", flush=True)
    with t.row("visitors, the neighbour and hostile peers get what is meant"):
        equal(load.wrong()[:3], [], "what failed")
        equal([w for h in hostile for w in h.wrong][:3], [], "what failed")
        assert not neighbour.wrong, neighbour.wrong
    with t.row("memory is level"):
        early, last = steps[STEPS // 3][0], steps[-1][0]
        assert last < early * GROWTH + SPARE, f"{early} bytes, then {last}: {steps}"
    with t.row("descriptors are level"):
        assert all(n < fds + IDLE for _, n in steps), steps
    with t.row("when all have gone, no connection is left"):
        place.stop_nginx()
        check_descriptors(app.pid, fds)


def main(bin, seconds):
    suite = start_suite(f"soak, {seconds} s")
    with Place(suite, bin) as place:
        soak(suite, place, seconds)
    return suite.end()


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1], int(sys.argv[2])))
