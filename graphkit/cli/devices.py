"""Threads and devices of this process."""


def use_threads(threads: int | None) -> None:
    """Limit this process to `threads` for arithmetic; None leaves the number to torch."""
    if threads is None:
        return
    import torch

    torch.set_num_threads(threads)


def present_devices() -> tuple[str, ...]:
    """Name the devices of this machine, the processor first."""
    import torch

    cuda = [f"cuda:{index}" for index in range(torch.cuda.device_count())]
    return ("cpu", *cuda, *(["mps"] if torch.backends.mps.is_available() else []))
