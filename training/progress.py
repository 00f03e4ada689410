"""A bar on a terminal; nothing where standard error isn't one."""

import sys


def clock(seconds):
    minutes, seconds = divmod(int(max(seconds, 0)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


class Bar:
    def __init__(self, width=30):
        self.width, self.shown = width, sys.stderr.isatty()

    def show(self, share, text):
        if self.shown:
            full = round(min(share, 1) * self.width)
            bar = "#" * full + "." * (self.width - full)
            print(f"\r\x1b[K{bar} {100 * share:4.1f} %  {text}", end="", file=sys.stderr, flush=True)

    def clear(self):
        if self.shown:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
