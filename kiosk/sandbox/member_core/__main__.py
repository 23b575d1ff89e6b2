"""`python -m kiosk.sandbox.member_core`."""

import sys

from kiosk.sandbox.member_core.server import main

sys.exit(main(sys.argv[1:]))
