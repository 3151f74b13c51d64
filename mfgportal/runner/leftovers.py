"""Which processes a run has started, so that the next run can end them if this one is killed."""

import json
from collections.abc import Iterable
from pathlib import Path

import psutil

from mfgportal.runner.child import Child


def remember(record: Path, children: Iterable[Child]) -> None:
    """Write down the living, each with its start time: a process number alone may be given again."""
    known = [
        {"pid": child.pid, "began": began(child.pid), "signal": child.program.stop_signal.value}
        for child in children
        if child.pid is not None and child.alive
    ]
    draft = record.with_suffix(".new")
    draft.write_text(json.dumps(known))
    draft.replace(record)


def began(pid: int) -> float | None:
    try:
        return psutil.Process(pid).create_time()
    except psutil.NoSuchProcess:
        return None


def end_leftovers(record: Path, seconds: float = 15) -> int:
    """End what a killed run left behind, the last started first. Returns how many were ended."""
    if not record.exists():
        return 0
    left = [entry for entry in json.loads(record.read_text()) if began(entry["pid"]) == entry["began"]]
    processes = [psutil.Process(entry["pid"]) for entry in left if entry["began"] is not None]
    families = [relative for process in processes for relative in process.children(recursive=True)]
    for entry in reversed(left):
        psutil.Process(entry["pid"]).send_signal(entry["signal"])
    _, stuck = psutil.wait_procs([*processes, *families], timeout=seconds)
    for process in stuck:
        process.kill()
    psutil.wait_procs(stuck, timeout=seconds)
    record.unlink()
    return len(processes)
