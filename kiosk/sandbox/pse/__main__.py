"""`python -m kiosk.sandbox.pse`: see `server.main`."""

import sys

from kiosk.sandbox.pse.server import main

raise SystemExit(main(sys.argv[1:]))
