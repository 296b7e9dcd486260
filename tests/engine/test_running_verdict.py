"""How a run ended, in one sentence: every case of it."""

from __future__ import annotations

import pytest

from flowtui.engine.run_messages import Kept
from flowtui.engine.verdict import Facts, ended
from flowtui.model.run import Limits, RaisedError

ERROR = RaisedError(type="NameError", message="name 'x' is not defined", frames=())
MEMORY = RaisedError(type="MemoryError", message="", frames=())
TOO_LARGE = RaisedError(type="OSError", message="[Errno 27] File too large", frames=())
LOST = (
    "Ended: the process that watches over the program was killed, probably by the program, "
    "so the exit status is not known. "
)
KILLED = Kept(signal="SIGKILL", killed=4)

CASES = [
    ({"kept": Kept(status=0), "told": True}, "Ended with status 0 after 0.03 s."),
    ({"kept": Kept(status=0), "told": True, "wall": 0.0074}, "Ended with status 0 after 7.4 ms."),
    ({"kept": Kept(status=2), "told": True, "wall": 12.345}, "Ended with status 2 after 12.3 s."),
    (
        {"kept": Kept(status=1), "told": True, "error": ERROR},
        "Ended with status 1 after 0.03 s: NameError: name 'x' is not defined.",
    ),
    (
        {"kept": Kept(status=3)},
        "Ended with status 3 after 0.03 s, without a last word from the interpreter (os._exit does that).",
    ),
    (
        {"kept": Kept(status=2), "started": False},
        "Ended with status 2 after 0.03 s, before the program began.",
    ),
    ({"kept": Kept(signal="SIGSEGV")}, "Killed by SIGSEGV: the interpreter itself crashed."),
    ({"kept": Kept(signal="SIGUSR1")}, "Killed by SIGUSR1."),
    (
        {"kept": Kept(signal="SIGABRT", peak_memory=900 << 20)},
        "Killed by SIGABRT: the interpreter gave up; "
        "it had used 900 MB of the 1 GB of memory that it may use.",
    ),
    ({"kept": KILLED, "reason": "stopped"}, "Stopped by you after 0.03 s."),
    ({"kept": KILLED, "reason": "wall"}, "Stopped: it ran longer than 60 s (limit: wall)."),
    ({"kept": KILLED, "reason": "output"}, "Stopped: it wrote more than 1 MB (limit: output)."),
    (
        {"kept": Kept(signal="SIGKILL", limit="cpu")},
        "Stopped: it used more than 10 s of processor time (limit: cpu).",
    ),
    ({"kept": Kept(signal="SIGXCPU")}, "Stopped: it used more than 10 s of processor time (limit: cpu)."),
    (
        {"kept": Kept(signal="SIGKILL", limit="processes")},
        "Stopped: it had more than 64 processes and threads (limit: processes).",
    ),
    (
        {"kept": Kept(status=1), "told": True, "error": MEMORY},
        "Ended with MemoryError: it needed more than 1 GB of memory (limit: memory).",
    ),
    (
        {"kept": Kept(status=1), "told": True, "error": MEMORY, "limits": Limits(memory=0)},
        "Ended with status 1 after 0.03 s: MemoryError.",
    ),
    (
        {"kept": Kept(status=1), "told": True, "error": TOO_LARGE},
        "Ended: it wrote a file larger than 64 MB (limit: file_size).",
    ),
    (
        {"kept": Kept(status=0, killed=3), "told": True},
        "Ended with status 0 after 0.03 s. Left 3 processes behind; they were ended.",
    ),
    (
        {"kept": Kept(status=0, killed=1), "told": True},
        "Ended with status 0 after 0.03 s. Left 1 process behind; it was ended.",
    ),
    (
        {"kept": Kept(status=0, left=1), "told": True},
        "Ended with status 0 after 0.03 s. 1 process could not be ended.",
    ),
    (
        {"kept": None, "swept": 2},
        LOST + "Left 2 processes behind; they were ended.",
    ),
    (
        {"kept": None},
        LOST + "Nothing of it is left.",
    ),
    ({"kept": None, "refused": "python9 does not exist."}, "python9 does not exist."),
    (
        {"kept": Kept(status=0), "told": True, "meddled": True},
        "Ended with status 0 after 0.03 s. "
        "It wrote into flowtui's own channel, so some facts about its end may be missing.",
    ),
]


@pytest.mark.parametrize(("facts", "sentence"), CASES, ids=range(len(CASES)))
def test_each_end_has_its_sentence(facts, sentence):
    assert ended(Facts(**{"limits": Limits(), "wall": 0.03, "started": True, **facts})).sentence == sentence


def test_a_signal_of_ours_is_not_told_as_the_programs():
    verdict = ended(Facts(limits=Limits(), reason="wall", kept=KILLED))
    assert (verdict.exit_status, verdict.signal, verdict.limit) == (None, None, "wall")
    assert verdict.processes_killed == 4


def test_a_long_message_is_cut_and_stays_on_one_line():
    error = RaisedError(type="ValueError", message="a\nb" * 200, frames=())
    sentence = ended(Facts(limits=Limits(), kept=Kept(status=1), told=True, error=error)).sentence
    assert "\n" not in sentence
    assert len(sentence) < 200
