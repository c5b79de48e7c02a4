"""Places for requests under way: hosts that let us wait have a lane of their own, and keep up no other."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

SLOW = 2.0  # seconds; most hosts have answered by then


class Lanes:
    """As many requests as one likes to be under way, and as many again that are slow."""

    def __init__(self, size: int) -> None:
        self._usual = asyncio.Semaphore(size)
        self._left = size  # places in the slow lane

    @asynccontextmanager
    async def place(self) -> AsyncIterator["Place"]:
        """Wait for a place, and hold it."""
        await self._usual.acquire()
        place = Place(self)
        try:
            yield place
        finally:
            place.stay()
            if place.is_slow:
                self._left += 1
            else:
                self._usual.release()

    def move(self, place: "Place") -> bool:
        """Move a request into the slow lane where there is room, so that another one can begin."""
        if not self._left:
            return False
        self._left -= 1
        place.is_slow = True
        self._usual.release()
        return True


class Place:
    """One request's place; it moves to the slow lane unless there is an answer soon."""

    def __init__(self, lanes: Lanes) -> None:
        self.is_slow = False
        self._lanes = lanes
        self._timer = asyncio.get_running_loop().call_later(SLOW, self._move)

    def stay(self) -> None:
        """Move no more: there is an answer, and it is ours to take it."""
        self._timer.cancel()

    def _move(self) -> None:
        if not self._lanes.move(self):
            self._timer = asyncio.get_running_loop().call_later(SLOW, self._move)
