"""Fit a method to data: one function, Lightning underneath."""

from __future__ import annotations

import logging
import signal
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import torch
from lightning.pytorch import Callback, Trainer
from lightning.pytorch.plugins.environments import LightningEnvironment
from lightning.pytorch.strategies import DDPStrategy
from lightning.pytorch.utilities.exceptions import SIGTERMException
from torch.multiprocessing.spawn import ProcessExitedException, ProcessRaisedException

from graphkit.errors import InputError
from graphkit.training.batches import Numbered, batch_loader
from graphkit.training.device import borrowed_torch, choose_device
from graphkit.training.history import History, Log
from graphkit.training.module import TrainingModule
from graphkit.training.progress import ProgressLine
from graphkit.training.protocol import BatchDataset, Method
from graphkit.training.state import RunState, fingerprint
from graphkit.training.state_io import SaveEachEpoch, StateIO
from graphkit.training.strategies import Guided

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from graphkit.training.settings import TrainSettings
    from graphkit.training.strategies import Strategy

_PREFIX = "method."


def fit(
    method: Method,
    train: BatchDataset,
    validation: BatchDataset | None = None,
    *,
    settings: TrainSettings,
    strategies: Sequence[Strategy] = (),
    seed: int = 0,
    run_dir: Path | None = None,
    resume: bool = False,
    progress: bool = False,
    name: str = "",
) -> History:
    """Train `method` in place.

    Everything random depends on (seed, epoch): a training that was killed at any moment and is
    resumed ends in the same bits as one that was not, on the same CPU with the same threads. The
    caller's random state, thread count and gradient mode are given back as they were.

    Parameters
    ----------
    method
        A ``torch.nn.Module`` with what :class:`~graphkit.training.Method` asks for. It is left on
        its device, in eval mode, with the best weights (the last ones without validation data or
        without ``restore_best``).
    train, validation
        The data; validation data choose the best epoch.
    settings
        How to train.
    strategies
        What is added to the objective: :mod:`graphkit.methods.strategies` has some.
    seed
        0 or more.
    run_dir
        Folder for the state saved after each epoch; made if missing.
    resume
        Go on from the state in `run_dir`, if there is one; a finished training returns at once.
        Without `resume` a state that is there is deleted.
    progress
        Whether to show a progress line on stderr.
    name
        What the progress line calls this training.

    Returns
    -------
    History
        One row per epoch.

    Raises
    ------
    InputError
        No data; a device that is not there; patience without validation data; a loss that is not
        finite; a state in `run_dir` that is damaged or of another training.
    """
    device = choose_device(settings.device)
    if strategies or (isinstance(train, Numbered) and not isinstance(method, Guided)):
        method = Guided(method, strategies)
    _check(method, train, validation, settings=settings, seed=seed, device=device)
    if resume and run_dir is None:
        raise InputError("no folder to resume from", slot="run_dir", remedy="Name it.")
    if isinstance(method, Guided):
        train = method.begin(train)
    log = Log(settings, validated=validation is not None)
    identity = fingerprint(method, train, validation, settings=settings, seed=seed)
    state = None if run_dir is None else RunState(run_dir, identity)
    saved = state.open(resume=resume) if state else None
    if saved is not None:
        log.load_state_dict(saved["record"])
    home = next((tensor.device for tensor in method.state_dict().values()), device)
    try:
        if saved is not None and log.finished:
            _load_last(method, saved)
        else:
            method.train()
            with borrowed_torch(device, threads=settings.threads), _quiet():
                _run(
                    TrainingModule(method, train, log=log, settings=settings, seed=seed),
                    validation,
                    device=device,
                    state=state,
                    line=ProgressLine(name) if progress else None,
                )
    finally:
        method.to(home).train(False)
    if log.best_weights is not None:
        method.load_state_dict(log.best_weights)
    return log.history(len(train))


def _run(
    module: TrainingModule,
    validation: BatchDataset | None,
    *,
    device: torch.device,
    state: RunState | None,
    line: ProgressLine | None,
) -> None:
    settings = module.settings
    several = settings.devices * settings.nodes > 1
    callbacks: list[Callback] = [] if line is None else [line]
    # Named, so that Lightning does not take a job scheduler's variables for its own launch.
    plugins: list[Any] = [LightningEnvironment()]
    if state is not None:
        callbacks.append(SaveEachEpoch(state.path))
        plugins.append(StateIO(state))
    trainer = Trainer(
        accelerator=device.type,
        devices=[device.index] if device.index is not None else settings.devices,
        num_nodes=settings.nodes,
        strategy=_shared() if several else "auto",
        use_distributed_sampler=False,
        sync_batchnorm=several and device.type == "cuda",
        precision=settings.precision,
        max_epochs=settings.epochs,
        callbacks=callbacks,
        plugins=plugins,
        logger=False,
        enable_checkpointing=state is not None,
        enable_progress_bar=line is not None,
        enable_model_summary=False,
        num_sanity_val_steps=0,
    )
    try:
        with module.handed_back(several=several):
            trainer.fit(
                module,
                val_dataloaders=validation and batch_loader(validation, settings.batch_size),
                ckpt_path=state.path if state is not None and state.saved is not None else None,
                weights_only=True,
            )
    except (ProcessExitedException, ProcessRaisedException) as error:
        raise InputError(
            f"a process of the training ended: {str(error).strip().splitlines()[-1]}",
            slot="settings.devices",
            remedy="Resume the training from its last epoch, or train on one device.",
        ) from error
    except SIGTERMException:
        # Lightning would leave with status 0, as if all were done.
        raise SystemExit(128 + signal.SIGTERM) from None
    except SystemExit as leaving:
        if isinstance(leaving.__context__, KeyboardInterrupt):
            # Lightning turns Ctrl-C into an exit that looks like any failure.
            raise leaving.__context__ from None
        raise


def _shared() -> DDPStrategy:
    """Return how processes share a training; they need not use every parameter in every step."""
    return DDPStrategy(start_method="spawn", find_unused_parameters=True)


def _check(
    method: Method,
    train: BatchDataset,
    validation: BatchDataset | None,
    *,
    settings: TrainSettings,
    seed: int,
    device: torch.device,
) -> None:
    if not isinstance(method, torch.nn.Module) or not isinstance(method, Method):
        raise TypeError(f"{type(method).__name__} is not a torch.nn.Module with step")
    if validation is not None and not callable(getattr(method, "logits", None)):
        raise TypeError(f"{type(method).__name__} has no logits to validate")
    if seed < 0:
        raise InputError(f"{seed} is out of range", slot="seed", remedy="Choose 0 or more.")
    for slot, data in (("train", train), ("validation", validation)):
        if data is not None and len(data) == 0:
            raise InputError("no examples", slot=slot)
    if settings.patience is not None and validation is None:
        raise InputError(
            "patience needs validation data",
            slot="settings.patience",
            remedy="Pass validation data, or set patience to None.",
        )
    if settings.devices > 1 and (":" in settings.device or device.type == "mps"):
        raise InputError(
            f"{settings.devices} devices, but {device} is one",
            slot="settings.devices",
            remedy="Choose device auto, cuda or cpu.",
        )
    if device.type == "cuda" and settings.devices > torch.cuda.device_count():
        raise InputError(
            f"{settings.devices} devices, but there are {torch.cuda.device_count()}",
            slot="settings.devices",
            remedy="Ask for as many as there are.",
        )
    if settings.precision == "16-mixed" and device.type != "cuda":
        raise InputError(
            f"16-mixed does not work on {device.type}",
            slot="settings.precision",
            remedy="Choose 32-true or bf16-mixed.",
        )


def _load_last(method: Method, saved: dict[str, Any]) -> None:
    method.load_state_dict(
        {key.removeprefix(_PREFIX): value for key, value in saved["state_dict"].items()}
    )


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep Lightning's advice to itself; warnings of a method still come through."""
    loggers = [logging.getLogger(name) for name in ("lightning.pytorch", "lightning.fabric")]
    levels = [logger.level for logger in loggers]
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module=r"lightning\.")
        try:
            for logger in loggers:
                logger.setLevel(logging.ERROR)
            yield
        finally:
            for logger, level in zip(loggers, levels, strict=True):
                logger.setLevel(level)
