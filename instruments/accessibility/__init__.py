"""What every page measures: letters and targets in millimetres, contrast as painted, names, roles, keys.

`make a11y` writes the report. The limits come from laws and standards that docs/accessibility.md names.
"""
