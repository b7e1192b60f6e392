"""Numbers that a trader gives to his orders."""

import itertools
import threading

_COUNTER_BITS = 32


class ClientIds:
    """Hands out client ids that one trader never uses twice. May be used from several threads.

    An id is 32 bits of session above 32 bits of counter. The book itself keeps the low 12 bits
    of an id, so any 4,096 ids in a row are told apart there, too.
    """

    def __init__(self, session: int) -> None:
        """Begin a session.

        Args:
            session: A number from 1 to 2^32 - 1 that none of the trader's runs before has had,
                the second of its start for instance.

        Raises:
            ValueError: it is outside of these bounds.
        """
        if not 0 < session < 1 << _COUNTER_BITS:
            raise ValueError(f"a session is a number from 1 to 2^32 - 1, not {session}")
        self._session = session
        self._counter = itertools.count(1)
        self._lock = threading.Lock()

    def next(self) -> int:
        """Return the next id."""
        with self._lock:
            number = next(self._counter)
        if number >= 1 << _COUNTER_BITS:
            raise OverflowError("all ids of this session are used")
        return self._session << _COUNTER_BITS | number

    def is_own(self, client_id: int) -> bool:
        """Return whether an id is one of this session."""
        return client_id >> _COUNTER_BITS == self._session
