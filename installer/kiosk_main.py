"""The frozen program's first module; PyInstaller wants a script, and `kiosk.cli` must stay a module."""

import sys

from kiosk.cli import main

if __name__ == "__main__":
    sys.exit(main())
