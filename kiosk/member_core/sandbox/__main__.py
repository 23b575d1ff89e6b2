"""`python -m kiosk.member_core.sandbox`."""

import sys

from kiosk.member_core.sandbox import main

sys.exit(main(sys.argv[1:]))
