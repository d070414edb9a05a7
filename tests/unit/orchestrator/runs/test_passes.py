"""Letters wait for the next scheduler pass, and so does whoever acts on them."""

from __future__ import annotations

import trio
from trio.testing import MockClock

from copy_that_orch.orchestrator.runs.passes import Mailbox, Passes


def is_empty(box: Mailbox[str]) -> bool:
    """Return whether there is no letter at all."""
    return not box


async def test_letter_can_be_taken_from_the_next_pass_on(autojump_clock: MockClock) -> None:
    """In the pass in which it was put in, a letter is there and cannot be taken."""
    passes = Passes.here()
    with passes.counted():
        box: Mailbox[str] = Mailbox(passes)
        assert is_empty(box)
        box.put("a")
        box.put("b")
        assert (is_empty(box), box.has_fresh) == (False, True)
        assert box.take() is None
        assert box.take_all() == []

        await trio.lowlevel.checkpoint()
        assert (is_empty(box), box.has_fresh) == (False, False)
        assert box.take() == "a"
        box.put("c")
        assert box.take_all() == ["b"]
        assert box.take() is None

        await trio.lowlevel.checkpoint()
        assert box.take_all() == ["c"]
        assert is_empty(box)


async def test_order_is_kept_over_passes(autojump_clock: MockClock) -> None:
    """Letters of an earlier pass come before those of a later one."""
    passes = Passes.here()
    with passes.counted():
        box: Mailbox[int] = Mailbox(passes)
        for number in range(4):
            box.put(number)
            await trio.lowlevel.checkpoint()
        assert box.take() == 0
        assert box.take_all() == [1, 2, 3]


async def test_all_trio_tasks_of_a_pass_see_the_same(autojump_clock: MockClock) -> None:
    """Whoever looks in the pass of a letter does not see it, whatever order Trio chose; everybody does in the next."""
    passes = Passes.here()
    seen: list[int] = []
    with passes.counted():
        box: Mailbox[int] = Mailbox(passes)

        async def put() -> None:
            box.put(1)

        async def look() -> None:
            seen.append(len(box.take_all()))

        for _ in range(20):
            async with trio.open_nursery() as nursery:
                nursery.start_soon(look)
                nursery.start_soon(put)
            await look()
    assert seen == [0, 1] * 20


async def test_passes_are_counted_while_somebody_wants_to_know(autojump_clock: MockClock) -> None:
    """One count serves all of a Trio run, and ends with the last block."""
    passes = Passes.here()
    assert Passes.here() is passes
    with passes.counted():
        with passes.counted():
            before = passes.number
            await trio.lowlevel.checkpoint()
            assert passes.number == before + 1
        await trio.lowlevel.checkpoint()
        assert passes.number == before + 2
    await trio.lowlevel.checkpoint()
    assert passes.number == before + 2


def test_each_trio_run_has_its_own() -> None:
    """What one Trio run has counted is not seen in another."""

    async def here() -> Passes:
        return Passes.here()

    assert trio.run(here) is not trio.run(here)
