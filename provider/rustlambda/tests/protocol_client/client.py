"""A client of Terraform's plugin protocol that shares no code with tf-provider.

    client.py FACTS RUSTLAMBDA NOTES HELLO SCENARIO [VERSION]
"""

import pathlib
import sys
import tempfile

import crowd
import orders
import refusals
from wire import Wire


class Setting:
    """What a scenario has to work with."""

    def __init__(self, facts, rustlambda, notes, hello, folder):
        self.wire = Wire(facts)
        self.rustlambda, self.notes = rustlambda, notes
        self.hello, self.folder = pathlib.Path(hello), pathlib.Path(folder)


def main(facts, rustlambda, notes, hello, scenario, version="1.14.0"):
    (act,) = (getattr(of, scenario) for of in (crowd, orders, refusals) if hasattr(of, scenario))
    # Short: a socket's path has some 100 bytes.
    with tempfile.TemporaryDirectory(prefix="tfc-") as folder:
        act(Setting(facts, rustlambda, notes, hello, folder), version)


if __name__ == "__main__":
    main(*sys.argv[1:])
