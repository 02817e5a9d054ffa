"""What polite sessions of tests are made with."""

AGENT = "registry-monitor/0.1.0 (watches clinical trials; trials@hospital.example)"


class Clock:
    """Time that passes only in sleep, which writes down how long it slept."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.slept.append(seconds)

    def __call__(self) -> float:
        return self.now
