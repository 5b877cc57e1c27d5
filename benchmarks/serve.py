"""The page under load: 50 posts at once, 500 jobs, and a process that is killed at work.

One page in a process of its own, with the caps of one's own machine but for a queue of 20. While
50 clients post ten sequences each, another asks for the first page again and again; then 500 jobs
run one after the other while the memory of the page and of its worker is read; then the worker is
killed with -9 while it works. ``serve.py N`` runs N jobs in place of 500.
"""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from common import limit_threads, save, show

limit_threads(1)

from graphkit.datasets import shipped  # noqa: E402
from graphkit.sequences import read_fasta  # noqa: E402

POSTS, RECORDS, JOBS, QUEUE = 50, 10, 500, 20
BAR = 1.0  # seconds until the page answers
GROWTH = 1.1  # of memory, from the first fifth of the jobs to the last
SLOW = {"fasta": "".join(f">s{i}\n{'ACGGUUCA' * 2000}\n" for i in range(200))}


def ask(address: str, body: object = None) -> tuple[int, dict]:
    data = None if body is None else json.dumps(body).encode()
    try:
        with urlopen(Request(address, data, {"content-type": "application/json"})) as answer:  # noqa: S310
            text = answer.read()
            status = answer.status
    except HTTPError as error:
        text, status = error.read(), error.code
    return status, json.loads(text) if text.startswith(b"{") else {}


def finish(page: str, name: str) -> str:
    while (state := ask(f"{page}api/jobs/{name}")[1]["state"]) in {"waiting", "running"}:
        time.sleep(0.02)
    return state


def memory_mb(process: int) -> float:
    status = Path(f"/proc/{process}/status").read_text("utf-8")
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024


def worker_of(process: int) -> int:
    tasks = Path(f"/proc/{process}/task").glob("*/children")
    return int(" ".join(one.read_text("utf-8") for one in tasks).split()[0])


def parallel(page: str, sequences: dict) -> dict:
    """Post from many clients at once while another watches the first page."""
    seconds, over = [], threading.Event()

    def watch() -> None:
        while not over.is_set():
            begun = time.perf_counter()
            assert ask(page)[0] == 200
            seconds.append(time.perf_counter() - begun)

    watching = threading.Thread(target=watch)
    watching.start()
    with ThreadPoolExecutor(POSTS) as clients:
        posted = list(clients.map(lambda _: ask(f"{page}api/localize", sequences), range(POSTS)))
    states = [finish(page, told["id"]) for status, told in posted if status == 202]
    over.set()
    watching.join()
    assert {status for status, _ in posted} <= {202, 429}
    assert set(states) == {"done"}
    return {
        "what": f"{POSTS} posts of {RECORDS} sequences at once",
        "done": len(states),
        "answered_429": POSTS - len(states),
        "page_answers_s_worst": max(seconds),
        "page_answers_s_median": sorted(seconds)[len(seconds) // 2],
        "bar_s": BAR,
    }


def many(page: str, server: int, sequences: dict, n_jobs: int) -> dict:
    """Run jobs one after the other and watch the memory."""
    rows, begun = [], time.perf_counter()
    for _ in range(n_jobs):
        _, told = ask(f"{page}api/localize", sequences)
        assert finish(page, told["id"]) == "done"
        rows.append((memory_mb(server), memory_mb(worker_of(server))))
    fifth = max(n_jobs // 5, 1)
    first, last = (
        [max(one) for one in zip(*part, strict=True)] for part in (rows[:fifth], rows[-fifth:])
    )
    assert all(late <= GROWTH * early for early, late in zip(first, last, strict=True))
    return {
        "what": f"{n_jobs} jobs of {RECORDS} sequences",
        "jobs_per_second": n_jobs / (time.perf_counter() - begun),
        "page_mb_first_fifth": first[0],
        "page_mb_last_fifth": last[0],
        "worker_mb_first_fifth": first[1],
        "worker_mb_last_fifth": last[1],
        "bar_growth": GROWTH,
    }


def killed(page: str, server: int, sequences: dict) -> dict:
    """Kill the worker while it works: its own job fails, the one that waits is done."""
    _, slow = ask(f"{page}api/localize", SLOW)
    _, waiting = ask(f"{page}api/localize", sequences)
    while ask(f"{page}api/jobs/{slow['id']}")[1]["state"] != "running":
        time.sleep(0.01)
    os.kill(worker_of(server), signal.SIGKILL)
    begun = time.perf_counter()
    states = finish(page, slow["id"]), finish(page, waiting["id"])
    assert states == ("failed", "done")
    return {
        "what": "the worker killed with -9 at work",
        "its_job": states[0],
        "next_job": states[1],
        "next_job_done_after_s": time.perf_counter() - begun,
    }


def main() -> None:
    n_jobs = int(sys.argv[1]) if len(sys.argv) > 1 else JOBS
    records = islice(read_fasta(shipped("simulated_transcripts.fasta")), RECORDS)
    sequences = {"fasta": "".join(f">{one.id}\n{one.sequence}\n" for one in records)}
    command = [
        sys.executable,
        "-m",
        "graphkit",
        "serve",
        "--port",
        "0",
        "--limit",
        f"queue={QUEUE}",
    ]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as served:
        try:
            page = re.search(r"http://\S+", served.stderr.readline())[0]
            drained = threading.Thread(target=served.stderr.read, daemon=True)
            drained.start()
            assert ask(page)[0] == 200  # once the model is loaded
            rows = [
                parallel(page, sequences),
                many(page, served.pid, sequences, n_jobs),
                killed(page, served.pid, sequences),
            ]
        finally:
            served.terminate()
    for row in rows:
        show([row])
    if n_jobs == JOBS:
        save(__file__, rows, threads=1)


if __name__ == "__main__":
    main()
