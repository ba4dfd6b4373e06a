"""Starts JupyterLab for orchlab's openLab, and ends it (and with it its kernels) when stdin closes, that is, when orchlab ends."""

import os
import signal
import sys
import threading

from jupyterlab.labapp import main


def watch_stdin(stdin):
    while stdin.read(1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    threading.Thread(target=watch_stdin, args=(os.fdopen(os.dup(0), "rb", buffering=0),), daemon=True).start()
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    sys.exit(main())
