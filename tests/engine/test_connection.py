import asyncio
import gc
import os
import sys

import psutil
import pytest

from flowtui.engine.connection import Connection, ProbeError, check_program
from flowtui.probe import wire
from tests.engine.fakes import gone

HANDSHAKES = {
    "hangs": ("hang()", "hung", "did not answer within"),
    "dies silently": ("sys.exit(3)", "died", "ended with status 3"),
    "dies with a word": ("sys.exit('out of order')", "died", r"ended with status 1 \(out of order\)"),
    "dies of a signal": ("os.kill(os.getpid(), signal.SIGSEGV)", "died", "killed by SIGSEGV"),
    "closes its end and hangs": ("os.close(fout); hang()", "died", "killed by SIGKILL"),
    "prints garbage": (
        "os.write(fout, b'Hello, world, how are you?'); hang()",
        "lied",
        "these bytes are no frame",
    ),
    "says another protocol": ("hello(protocol=999)", "protocol", "speaks version 999 of the protocol, not"),
    "says no protocol": ("send('hello')", "protocol", "speaks version None"),
    "begins otherwise": ("send('ready')", "lied", "began with 'ready' and not with a handshake"),
    "announces too much": ("os.write(fout, wire.PREFIX.pack(wire.MAGIC, 2**31, 0))", "lied", "too large"),
    "announces what no handshake needs": (
        "os.write(fout, wire.PREFIX.pack(wire.MAGIC, 2**25, 0)); hang()",
        "lied",
        "are enough",
    ),
    "sends no object": (
        "os.write(fout, wire.PREFIX.pack(wire.MAGIC, 4, 0) + b'null'); hang()",
        "lied",
        "header is wrong",
    ),
    "sends half a frame": ("os.write(fout, wire.PREFIX.pack(wire.MAGIC, 400, 0))", "died", "status 0"),
    "nests without end": (
        "t = b'[' * 100000; os.write(fout, wire.PREFIX.pack(wire.MAGIC, len(t), 0) + t); hang()",
        "lied",
        "header is wrong",
    ),
}


@pytest.mark.hostile
@pytest.mark.parametrize("name", HANDSHAKES)
async def test_a_handshake_that_goes_wrong_is_one_sentence(fakes, name):
    body, reason, sentence = HANDSHAKES[name]
    path = fakes.make(body)
    with pytest.raises(ProbeError, match=sentence) as caught:
        await Connection.open(path, timeout=0.2 if reason == "hung" else 20)
    assert caught.value.reason == reason
    text = str(caught.value)
    assert "\n" not in text and text.startswith(path)
    assert "choose another interpreter with --python" in text or reason == "protocol"


async def test_what_is_no_program_is_told_apart(tmp_path, fakes):
    plain = tmp_path / "plain"
    plain.write_text("x")
    for path, sentence in {
        str(tmp_path / "nothing"): "does not exist",
        str(tmp_path): "is a directory",
        str(plain): "is not executable",
        fakes.script("no magic, no shebang", "nonsense"): "is no program",
        fakes.script("#!/nowhere/python\n", "orphan"): "cannot be started: no such file or directory",
        "a\0b": "is no path of a program|does not exist",
    }.items():
        with pytest.raises(ProbeError, match=sentence) as caught:
            await Connection.open(path)
        assert caught.value.reason == "missing"


def test_a_link_is_kept_since_a_virtual_environment_is_one(tmp_path):
    link = tmp_path / "python"
    link.symlink_to(sys.executable)
    assert check_program(str(link)) == str(link)


async def test_an_end_in_the_middle_is_told_with_its_cause(fakes):
    path = fakes.make("hello()\nfor request in requests(): os.abort()")
    connection = await Connection.open(path)
    assert connection.alive
    await connection.send({"kind": "analyse"})
    with pytest.raises(ProbeError) as caught:
        await connection.receive(20)
    assert caught.value.cause == "was killed by SIGABRT"
    assert not connection.alive
    with pytest.raises(ProbeError, match="SIGABRT"):
        await connection.send({"kind": "analyse"})
    await connection.close()


async def test_silence_is_told_after_the_time_out(fakes):
    connection = await Connection.open(fakes.make("hello()\nhang()"))
    with pytest.raises(ProbeError, match=r"did not answer within 0\.05 s") as caught:
        await connection.receive(0.05)
    assert caught.value.reason == "hung"
    await connection.close()


async def test_the_probe_sees_a_clean_environment(fakes, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", "/nowhere")
    monkeypatch.setenv("SECRET", "1")
    monkeypatch.setenv("LC_ALL", "C")
    body = """
    stdin = os.read(0, 1).decode()
    hello(environment=dict(os.environ), folder=os.getcwd(), stdin=stdin, sid=os.getsid(0))
    """
    connection = await Connection.open(fakes.make(body))
    hello = connection.hello
    assert hello["environment"].get("LC_ALL") == "C" and "PATH" in hello["environment"]
    assert not {"PYTHONPATH", "SECRET", "FLOWTUI_HOME"} & set(hello["environment"])
    assert (hello["folder"], hello["stdin"], hello["sid"]) == ("/", "", connection.pid)
    await connection.close()


async def test_a_large_frame_arrives_whole(fakes):
    body = """
    hello()
    column = array("i", range(1_000_000))
    data = memoryview(wire.encode({"kind": "stage"}, {"x": column}))
    while data:
        data = data[os.write(fout, data):]
    """
    connection = await Connection.open(fakes.make(body))
    frame = await connection.receive(20)
    assert frame.columns["x"][-1] == 999_999 and len(frame.columns["x"]) == 1_000_000
    await connection.close()


STUBBORN = """
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = os.fork()
hello(child=child)
hang()
"""


@pytest.mark.hostile
async def test_closing_ends_the_whole_group(fakes):
    connection = await Connection.open(fakes.make(STUBBORN))
    pids = connection.pid, connection.hello["child"]
    await connection.close()
    await connection.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pids[0], 0)  # reaped: not even a zombie
    assert gone(*pids)


@pytest.mark.hostile
async def test_cancelling_leaves_nothing(fakes):
    pids = fakes.folder / "pids"
    path = fakes.make(f"open({str(pids)!r}, 'w').write(str(os.getpid()) + chr(10))\nhang()")
    opening = asyncio.create_task(Connection.open(path))
    while not (pids.exists() and pids.read_text().endswith("\n")):
        await asyncio.sleep(0.005)
    opening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await opening
    assert gone(int(pids.read_text()))

    connection = await Connection.open(fakes.make(STUBBORN))
    closing = asyncio.create_task(connection.close())
    await asyncio.sleep(0)
    closing.cancel()
    await asyncio.wait([closing])
    assert gone(connection.pid, connection.hello["child"])


@pytest.mark.hostile
def test_a_forgotten_connection_ends_with_its_owner_even_when_the_loop_is_closed(fakes):
    connection = asyncio.run(Connection.open(fakes.make(STUBBORN)))
    pids = connection.pid, connection.hello["child"]
    assert psutil.pid_exists(pids[0])
    del connection
    gc.collect()
    assert gone(*pids)


async def test_no_descriptor_is_left_open(fakes):
    path = fakes.make("hello()")
    await (await Connection.open(path)).close()
    before = psutil.Process().num_fds()
    for _ in range(3):
        await (await Connection.open(path)).close()
        with pytest.raises(ProbeError):
            await Connection.open(fakes.script("nonsense", "nonsense"))
    assert psutil.Process().num_fds() == before


async def test_memory_and_core_files_are_limited(fakes):
    resource = pytest.importorskip("resource", reason="needs resource limits")
    if not hasattr(resource, "prlimit"):
        pytest.skip("needs prlimit")
    body = """
    import resource
    hello()
    for request in requests():
        limits = [resource.getrlimit(which)[0] for which in (resource.RLIMIT_AS, resource.RLIMIT_CORE)]
        send("limits", limits=limits)
    """
    connection = await Connection.open(fakes.make(body), memory=3 << 30)
    await connection.send({"kind": "analyse"})
    limits = await connection.receive(20)
    assert limits.head["limits"] == [3 << 30, 0]
    await connection.close()


async def test_a_real_probe_greets_and_ends_when_the_pipe_does():
    connection = await Connection.open(sys.executable)
    assert connection.hello["version"] == ".".join(map(str, sys.version_info[:3]))
    assert connection.hello["protocol"] == wire.PROTOCOL
    assert (await connection.receive(20)).kind == "ready"
    connection._writer.close()
    with pytest.raises(ProbeError) as caught:
        await connection.receive(20)
    assert caught.value.cause == "ended with status 0"
    await connection.close()
