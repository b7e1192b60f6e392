"""The state of replays tells what a plain one would."""

from worldmarkets.crash.quick import QuickState
from worldmarkets.model import State, WordReader, slots
from worldmarkets.model.words import CashWord, LedgerWord

SLOT = slots.ledger(3, 0)


def test_load_follows_what_is_stored() -> None:
    state = QuickState({})
    assert state.load(LedgerWord, SLOT) == LedgerWord()
    for balance in (5, -7, 5):
        word = LedgerWord(balance=balance, touched=1)
        state.store(SLOT, word)
        assert state.load(LedgerWord, SLOT) == word


def test_load_follows_what_is_undone() -> None:
    state = QuickState({SLOT: LedgerWord(balance=5).pack()})
    assert state.load(LedgerWord, SLOT).balance == 5
    try:
        with state.journal.transaction():
            state.store(SLOT, LedgerWord(balance=6))
            assert state.load(LedgerWord, SLOT).balance == 6
            raise ValueError
    except ValueError:
        assert state.load(LedgerWord, SLOT).balance == 5


def test_load_reads_one_word_as_different_kinds() -> None:
    state = QuickState({SLOT: CashWord(balance=5, budget=9).pack()})
    assert state.load(CashWord, SLOT).budget == 9
    assert state.load(LedgerWord, SLOT).balance == 5
    assert state.load(CashWord, SLOT).budget == 9


def test_words_that_are_not_known_come_from_the_reader() -> None:
    asked = []

    def read(wanted: list[int]) -> list[int]:
        asked.extend(wanted)
        return [LedgerWord(balance=8).pack()] * len(wanted)

    state = QuickState({}, WordReader(read))
    assert state.load(LedgerWord, SLOT).balance == 8
    assert state.load(LedgerWord, SLOT).balance == 8
    assert asked == [SLOT]


def test_it_is_a_state() -> None:
    assert isinstance(QuickState({}), State)


def test_before_is_what_was_there_at_the_mark() -> None:
    state = QuickState({SLOT: LedgerWord(balance=5).pack()})
    state.store(SLOT, LedgerWord(balance=6))
    state.mark()
    state.time = 9
    for balance in (7, 8):
        state.store(SLOT, LedgerWord(balance=balance))
    state.store(slots.ledger(4, 0), LedgerWord(balance=1))
    before = state.before()
    assert before.time == 9
    assert before.load(LedgerWord, SLOT).balance == 6
    assert before.load(LedgerWord, slots.ledger(4, 0)) == LedgerWord()
    assert state.load(LedgerWord, SLOT).balance == 8
    state.mark()
    assert state.before().load(LedgerWord, SLOT).balance == 8
