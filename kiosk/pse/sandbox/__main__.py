"""`python -m kiosk.pse.sandbox`: see `server.main`."""

import sys

from kiosk.pse.sandbox.server import main

raise SystemExit(main(sys.argv[1:]))
