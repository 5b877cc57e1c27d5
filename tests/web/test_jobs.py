"""Jobs: in order, within limits, one at a time, and gone when they are to be gone."""

import asyncio
from dataclasses import replace

import pytest

from graphkit.web.jobs import Full, Jobs, State
from graphkit.web.limits import Limits

LIMITS = Limits(queue=3)


class Fake:
    """Does what the verb says."""

    n_started = 0

    def __init__(self):
        type(self).n_started += 1
        self.about, self.alive, self._killed = {"model": "m"}, True, asyncio.Event()

    async def ask(self, order):
        yield {"step": 1, "total": 2}
        if order["verb"] == "hang":
            await self._killed.wait()
        elif order["verb"] == "die":
            self.kill()
        else:
            yield {"end": order["verb"], "text": "t"}

    def kill(self):
        self.alive = False
        self._killed.set()

    async def end(self):
        self.kill()


@pytest.fixture
def working(tmp_path):
    """Run a coroutine that takes jobs and a clock, and close the jobs."""

    def run(test, limits=LIMITS):
        now = [0.0]
        started = []

        async def start():
            started.append(Fake())
            return started[-1]

        async def inside():
            jobs = Jobs(tmp_path, limits, start=start, clock=lambda: now[0])
            await jobs.open()
            try:
                await test(jobs, now, started)
            finally:
                await jobs.close()
            assert not any(worker.alive for worker in started)

        asyncio.run(inside())

    return run


def fill(folder):
    (folder / "x").write_text("x")


async def ended(job):
    while job.state in {State.WAITING, State.RUNNING}:
        await asyncio.sleep(0)
    # The worker is let go of, too.
    for _ in range(20):
        await asyncio.sleep(0)
    return job


async def running(job):
    while job.state is State.WAITING:
        await asyncio.sleep(0)


def test_jobs_are_done_in_order_by_one_process(working):
    async def test(jobs, now, started):
        sent = [await jobs.submit("done", {"verb": "done"}, fill) for _ in range(3)]
        for job in sent:
            assert (await ended(job)).state is State.DONE
            assert (job.folder / "x").exists()
            assert (job.step, job.total) == (1, 2)
        assert len(started) == 1
        assert len({job.id for job in sent}) == 3
        assert jobs.health() == {"waiting": 0, "running": 0, "kept": 3}

    working(test)


def test_a_folder_is_private(working):
    async def test(jobs, now, started):
        job = await jobs.submit("done", {"verb": "done"}, fill)
        assert job.folder.stat().st_mode & 0o077 == 0
        assert len(job.id) == 32

    working(test)


def test_a_full_queue_takes_no_more_and_leaves_nothing(working, tmp_path):
    async def test(jobs, now, started):
        first = await jobs.submit("hang", {"verb": "hang"}, fill)
        await running(first)
        for _ in range(3):
            await jobs.submit("done", {"verb": "done"}, fill)
        with pytest.raises(Full):
            await jobs.submit("done", {"verb": "done"}, fill)
        assert len(list(tmp_path.iterdir())) == 4

    working(test)


def test_what_cannot_be_written_leaves_nothing(working, tmp_path):
    def broken(folder):
        fill(folder)
        raise OSError("disk full")

    async def test(jobs, now, started):
        with pytest.raises(OSError, match="disk full"):
            await jobs.submit("done", {"verb": "done"}, broken)
        assert list(tmp_path.iterdir()) == []
        assert not jobs.waiting

    working(test)


@pytest.mark.parametrize("way", ["cancel", "drop"])
def test_a_running_job_is_stopped_with_its_process_and_the_next_one_done(working, way):
    async def test(jobs, now, started):
        first = await jobs.submit("hang", {"verb": "hang"}, fill)
        second = await jobs.submit("done", {"verb": "done"}, fill)
        await running(first)
        getattr(jobs, way)(first)
        assert (await ended(second)).state is State.DONE
        assert first.state is State.CANCELLED
        assert not first.folder.exists()
        assert [worker.alive for worker in started] == [False, True]
        assert (jobs.find(first.id) is None) == (way == "drop")

    working(test)


def test_a_waiting_job_is_taken_out_of_the_queue(working):
    async def test(jobs, now, started):
        first = await jobs.submit("hang", {"verb": "hang"}, fill)
        second = await jobs.submit("done", {"verb": "done"}, fill)
        await running(first)
        jobs.cancel(second)
        jobs.cancel(second)
        assert not jobs.waiting
        jobs.cancel(first)
        third = await jobs.submit("done", {"verb": "done"}, fill)
        assert (await ended(third)).state is State.DONE
        assert second.state is State.CANCELLED

    working(test)


def test_a_process_that_dies_costs_its_own_job_alone(working):
    async def test(jobs, now, started):
        sent = [await jobs.submit(v, {"verb": v}, fill) for v in ("done", "die", "done")]
        states = [(await ended(job)).state for job in sent]
        assert states == [State.DONE, State.FAILED, State.DONE]
        assert "Nothing else was lost" in sent[1].text

    working(test)


def test_a_process_that_dies_while_it_waits_costs_no_job(working):
    async def test(jobs, now, started):
        await ended(await jobs.submit("done", {"verb": "done"}, fill))
        started[0].kill()
        assert (await ended(await jobs.submit("done", {"verb": "done"}, fill))).state is State.DONE

    working(test)


def test_a_refused_job_keeps_the_process(working):
    async def test(jobs, now, started):
        job = await ended(await jobs.submit("refused", {"verb": "refused"}, fill))
        assert (job.state, job.text) == (State.REFUSED, "t")
        assert len(started) == 1

    working(test)


def test_a_process_that_cannot_be_started_is_tried_again(tmp_path, monkeypatch):
    monkeypatch.setattr("graphkit.web.jobs.PAUSE", 0.0)
    outcomes = [Fake, OSError, OSError, Fake]

    async def start():
        made = outcomes.pop(0)()
        if isinstance(made, Exception):
            raise made
        return made

    async def test():
        jobs = Jobs(tmp_path, LIMITS, start=start)
        await jobs.open()
        await ended(await jobs.submit("die", {"verb": "die"}, fill))
        job = await ended(await jobs.submit("done", {"verb": "done"}, fill))
        assert job.state is State.DONE
        await jobs.close()

    asyncio.run(test())


def test_results_are_dropped_after_their_time_with_what_explains_them(working):
    async def test(jobs, now, started):
        job = await ended(await jobs.submit("done", {"verb": "done"}, fill))
        kept = await ended(await jobs.submit("done", {"verb": "done"}, fill, lasting=True))
        now[0] = 30 * 60.0
        child = await ended(await jobs.submit("done", {"verb": "done"}, fill, parent=job))
        job.children[1] = child
        jobs.sweep()
        assert jobs.find(job.id)
        now[0] = 60 * 60.0
        jobs.sweep()
        assert jobs.find(job.id) is jobs.find(child.id) is None
        assert not job.folder.exists()
        assert not child.folder.exists()
        assert jobs.find(kept.id)

    working(test)


def test_more_results_than_are_kept_drop_the_oldest(working):
    async def test(jobs, now, started):
        sent = []
        for second in range(4):
            now[0] = float(second)
            sent.append(await ended(await jobs.submit("done", {"verb": "done"}, fill)))
        jobs.sweep()
        assert [jobs.find(job.id) is not None for job in sent] == [False, False, True, True]

    working(test, replace(LIMITS, kept=2))


def test_two_processes_work_at_once(working):
    async def test(jobs, now, started):
        first, second = [await jobs.submit("hang", {"verb": "hang"}, fill) for _ in range(2)]
        await running(first)
        await running(second)
        assert jobs.health()["running"] == 2

    working(test, replace(LIMITS, workers=2))
