from __future__ import annotations

import os
import signal
import threading

import pytest

from search.interrupts import interrupts_call, interrupts_held_back


def interrupt() -> None:
    os.kill(os.getpid(), signal.SIGINT)


def test_the_first_interrupt_is_told_and_the_second_raises() -> None:
    told: list[str] = []

    def work() -> None:
        with interrupts_call(lambda: told.append("once")):
            interrupt()
            told.append("went on")
            interrupt()
            told.append("never")

    with pytest.raises(KeyboardInterrupt):
        work()
    assert told == ["once", "went on"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_an_interrupt_is_held_back_until_the_work_is_done() -> None:
    done = []

    def work() -> None:
        with interrupts_held_back():
            interrupt()
            interrupt()
            done.append("whole")

    with pytest.raises(KeyboardInterrupt):
        work()
    assert done == ["whole"]


def test_signals_that_do_not_interrupt_are_left_alone() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with interrupts_call(lambda: None):
        assert signal.getsignal(signal.SIGTERM) is before
        assert signal.getsignal(signal.SIGINT) is not signal.default_int_handler


def test_outside_the_main_thread_nothing_changes() -> None:
    failures: list[BaseException] = []

    def work() -> None:
        try:
            with interrupts_call(lambda: None), interrupts_held_back():
                assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
        except BaseException as error:
            failures.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert not failures
