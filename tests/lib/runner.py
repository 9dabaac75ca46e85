"""runner.py - a suite of rows, and the checks that rows are made of."""
import contextlib
import os
import signal
import sys
import time
import traceback

from harness import allow_many_files


class Suite:
    """Counts rows; prints a line for each, and the totals at the end."""

    def __init__(self, part=""):
        self.passed = self.failed = self.skipped = 0
        self.part = part

    @contextlib.contextmanager
    def row(self, name):
        """An exception in the block fails this row alone."""
        try:
            yield
        except Exception as e:
            self.failed += 1
            why = str(e) if isinstance(e, AssertionError) else traceback.format_exc()
            print(f"FAIL {self.part}: {name}: {why or traceback.format_exc()}", flush=True)
        else:
            self.passed += 1
            print(f"ok {self.part}: {name}", flush=True)

    def skip(self, name, why):
        self.skipped += 1
        print(f"skip {self.part}: {name}: {why}", flush=True)

    def run(self, part, run):
        """Call run(self) as the part of this name, and print how long it took."""
        self.part = part
        start = time.monotonic()
        try:
            run(self)
        except Exception:
            self.failed += 1
            print(f"FAIL {part}: an exception: {traceback.format_exc()}", flush=True)
        print(f"# {part}: {time.monotonic() - start:.1f} s", flush=True)

    def end(self):
        """Print the totals; the exit code."""
        print(f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped")
        return 1 if self.failed or not self.passed else 0


def start_suite(part=""):
    """The suite of a script.  SIGTERM ends the script, and with it all that it started."""
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    allow_many_files()
    return Suite(part)


def matching(names, words):
    """The names that contain one of the words; without words, all names."""
    found = [n for n in names if not words or any(w in n for w in words)]
    if not found:
        sys.exit(f"no name contains {' or '.join(words)}; there are: {', '.join(names)}")
    return found


def brief(value, other=None):
    """The text of a value; of a long one, the piece where it begins to differ."""
    text, other = repr(value), repr(other)
    start = len(os.path.commonprefix([text, other])) if len(text) > 200 else 0
    start = max(0, start - 40)
    return "..." * (start > 0) + text[start:start + 200] + "..." * (len(text) > start + 200)


def equal(got, want, what="it"):
    assert got == want, f"{what} is {brief(got, want)}, not {brief(want, got)}"


def among(got, wanted, what="it"):
    assert got in wanted, f"{what} is {brief(got)}, not one of {wanted!r}"


def has(text, words, what="it"):
    assert words in text, f"no {words!r} in {what}:\n{text[:2000]}"


def lacks(text, words, what="it"):
    assert words not in text, f"{words!r} is in {what}:\n{text[:2000]}"


def status(response, want):
    assert response.status == want, f"not {want}, but {response}"
    return response
