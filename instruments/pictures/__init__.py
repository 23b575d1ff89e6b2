"""The pictures of docs/pictures: a few pages of the guided tour, small, and whether they still look so.

`make pictures` makes them anew; .ci/run compares them with what its own tour painted. Letters come from
our own font, but are hinted as the machine's fontconfig says: slightly, on Debian. Elsewhere they may look
stale.
"""
