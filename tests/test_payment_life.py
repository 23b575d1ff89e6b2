"""The payment's life, against the table of the design written out again by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.cooperative.payment import FINAL, LIVE, Event, Outcome, Review, State, after, settled

# `=` keeps the state; `–` keeps it and flags the unexpected; a word in brackets keeps it and flags that.
TABLE = """
from       sent      opened  refused left    seen_pending seen_ok         seen_not_authorised seen_failed     absent applied lapsed
PREPARED   REQUESTED –       –       FAILED  –            –               –                   –               –      –       –
REQUESTED  –         AT_BANK FAILED  PENDING PENDING      APPROVED        DECLINED            FAILED          –      –       –
AT_BANK    –         –       –       PENDING =            APPROVED        DECLINED            FAILED          –      –       –
PENDING    –         –       –       =       =            APPROVED        DECLINED            FAILED          FAILED –       FAILED
APPROVED   –         –       –       =       =            =               (reversed)          (reversed)      –      POSTED  –
POSTED     –         –       –       =       =            =               (reversed)          (reversed)      –      =       –
DECLINED   –         –       =       =       =            (late_approval) =                   (contradiction) =      –       =
FAILED     –         –       =       =       =            (late_approval) (contradiction)     =               =      –       =
"""  # noqa: E501


def cells() -> list[tuple[State, Event, Outcome]]:
    head, *rows = [line.split() for line in TABLE.strip().splitlines()]
    found = []
    for start, *row in rows:
        for event, cell in zip(head[1:], row, strict=True):
            found.append((State(start), Event(event), outcome(State(start), cell)))
    return found


def outcome(state: State, cell: str) -> Outcome:
    if cell == "=":
        return Outcome(state)
    if cell == "–":
        return Outcome(state, Review.UNEXPECTED)
    if cell.startswith("("):
        return Outcome(state, Review(cell.strip("()")))
    return Outcome(State(cell))


@pytest.mark.parametrize(("state", "event", "expected"), cells(), ids=str)
def test_every_cell_of_the_table(state: State, event: Event, expected: Outcome) -> None:
    assert after(state, event) == expected


def test_the_table_has_every_state_and_every_event_but_the_managers() -> None:
    assert {(state, event) for state, event, _ in cells()} == {
        (state, event) for state in State for event in Event if event is not Event.SETTLED
    }


def test_every_state_is_either_live_or_final() -> None:
    assert frozenset(State) == LIVE | FINAL
    assert not LIVE & FINAL
    assert State.APPROVED in LIVE, "money that the core does not have yet holds its obligations"


events = st.lists(st.sampled_from([event for event in Event if event is not Event.SETTLED]), max_size=30)


def live_through(happened: list[Event]) -> list[Outcome]:
    outcomes = [Outcome(State.PREPARED)]
    for event in happened:
        outcomes.append(after(outcomes[-1].state, event))
    return outcomes


@given(events)
def test_whatever_happens_final_states_absorb(happened: list[Event]) -> None:
    states = [outcome.state for outcome in live_through(happened)]
    first_final = next((index for index, state in enumerate(states) if state in FINAL), len(states))
    assert len(set(states[first_final:])) <= 1


@given(events)
def test_money_that_moved_is_never_forgotten(happened: list[Event]) -> None:
    states = [outcome.state for outcome in live_through(happened)]
    if State.APPROVED in states:
        later = states[states.index(State.APPROVED) :]
        assert set(later) <= {State.APPROVED, State.POSTED}


@given(events)
def test_nothing_is_paid_without_the_gateways_word(happened: list[Event]) -> None:
    if Event.SEEN_OK not in happened:
        assert not {State.APPROVED, State.POSTED} & {outcome.state for outcome in live_through(happened)}


@given(events)
def test_an_approval_is_either_taken_or_flagged(happened: list[Event]) -> None:
    for outcome_after, event in zip(live_through(happened)[1:], happened, strict=True):
        if event is Event.SEEN_OK:
            assert outcome_after.state in (State.APPROVED, State.POSTED) or outcome_after.review is not None


@given(events)
def test_doubt_never_ends_a_payment_that_was_sent(happened: list[Event]) -> None:
    outcomes = live_through(happened)
    for before, event, now in zip(outcomes, happened, outcomes[1:], strict=False):
        if event in (Event.LEFT, Event.SEEN_PENDING) and before.state is not State.PREPARED:
            assert now.state not in FINAL or now.state is before.state


def test_the_manager_settles_only_what_is_flagged_and_only_for_good() -> None:
    assert settled(Review.LOST_CREATION, State.FAILED) is State.FAILED
    assert settled(Review.LATE_APPROVAL, State.POSTED) is State.POSTED
    with pytest.raises(ValueError, match="flagged"):
        settled(None, State.FAILED)
    with pytest.raises(ValueError, match="settles nothing"):
        settled(Review.LATE_APPROVAL, State.APPROVED)
