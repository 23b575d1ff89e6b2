"""The pictures of docs/pictures: a few pages of the guided tour, small, and whether they still look so.

`make pictures` makes them anew; .ci/run compares them with what its own tour painted.
"""
