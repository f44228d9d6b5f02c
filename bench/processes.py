"""Whole processes side by side: what each took, in turn, and the machine that they ran on."""

import concurrent.futures
import datetime
import os
import pathlib
import platform
import statistics
import subprocess
import threading
import time

LONG_SECONDS = 60  # what takes longer is repeated 3 times
HOPELESS = 3  # a form that takes so many times its engine's best is left


def apart(function, *arguments):
    """The function's result, from a process of its own. A process begins with its parent's peak of resident memory, so the
    one that measures must stay small: whatever loads an engine goes here."""
    with concurrent.futures.ProcessPoolExecutor(1) as pool:
        return pool.submit(function, *arguments).result()


def measure(command, limit_seconds=None, output=os.devnull):
    """Seconds and processor seconds of a whole process, and its peak resident memory in MB; its stdout goes to `output`."""
    out = open(output, "wb")
    begin = time.monotonic()
    process = subprocess.Popen(command, stdout=out, stderr=subprocess.PIPE)
    late = threading.Event()

    def stop():
        late.set()
        process.kill()

    timer = threading.Timer(limit_seconds or threading.TIMEOUT_MAX, stop)
    timer.start()
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.monotonic() - begin
    timer.cancel()
    out.close()
    if late.is_set():
        raise RuntimeError(f"more than {limit_seconds} s")
    if status != 0:
        raise RuntimeError((errors.decode(errors="replace").strip().splitlines() or ["failed"])[-1][:200])
    return {"seconds": seconds, "memory": usage.ru_maxrss / 1024,
            "cpu": usage.ru_utime + usage.ru_stime}


def hopeless(name, samples, engine_of):
    """Whether a form is far behind the best of its engine; `samples` has one sample or more of each form."""
    def processor_seconds(other):  # of the query, without the start of a process, where that is known
        return min(sample.get("query_cpu", sample["cpu"]) for sample in samples[other])

    rivals = [processor_seconds(other) for other in samples if engine_of(other) == engine_of(name)]
    return name in samples and processor_seconds(name) > HOPELESS * min(rivals)


def in_turn(commands, answer_of, repeats, limit_seconds=None, engine_of=None, prepare=None, output=os.devnull):
    """Runs the commands, (name, command), one after the other and over again. The first round warms the caches and is no
    sample, unless there is no other (repeats = 0). Every answer is checked: a name whose answer is not the first's is a
    failure and has no samples. Calls prepare(name) before each run. `answer_of(name)` is (answer, further figures of the
    sample). Forms of an engine (`engine_of(name)`) that are far behind its best in the first round keep that one sample; what
    takes long is repeated 3 times at most. Returns {"samples": {name: [sample]}, "failures": {name: reason}, "answer": the
    answer}."""
    commands, samples, failures, first, expected = list(commands), {}, {}, {}, None
    for turn in range(repeats + 1):
        for name, command in commands:
            if name in failures:
                continue
            if turn > 0:
                if engine_of and hopeless(name, first, engine_of):
                    samples.setdefault(name, first[name])
                    continue
                if first[name][0]["seconds"] > LONG_SECONDS and turn > 3:
                    continue
            if prepare:
                prepare(name)
            try:
                sample = measure(command, limit_seconds, output)
            except RuntimeError as error:
                failures[name] = str(error)
                samples.pop(name, None)
                continue
            answer, further = answer_of(name)
            sample |= further
            if expected is None:
                expected = answer
            if answer != expected:
                failures[name] = "another answer"
                samples.pop(name, None)
            elif turn > 0:
                samples.setdefault(name, []).append(sample)
            else:
                first[name] = [sample]
    return {"samples": samples if repeats > 0 else first, "failures": failures, "answer": expected}


def median(samples, key="seconds"):
    return statistics.median(sample[key] for sample in samples)


def first_line(*command):
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip().split("\n")[0]
    except (OSError, subprocess.CalledProcessError):
        return ""


def machine(versions):
    """What a run's README tells of where it ran, as (what, value); the load average is that of now."""
    root = pathlib.Path(__file__).resolve().parent.parent
    revision = first_line("git", "-C", str(root), "rev-parse", "HEAD") or "unknown: not a git checkout"
    if first_line("git", "-C", str(root), "status", "--porcelain"):
        revision += ", with changes that are not committed"
    cpu = [line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")]
    gib = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return [("date", f"{datetime.datetime.now(datetime.timezone.utc):%Y-%m-%d %H:%M} UTC"), ("revision", revision),
            ("CPU", f"{cpu[0] if cpu else platform.machine()}, {os.cpu_count()} processors"),
            ("GPU", first_line("nvidia-smi", "--query-gpu=name,driver_version", "--format=csv,noheader") or "none"),
            ("memory", f"{gib:.0f} GiB"), ("system", f"Linux {platform.release()}"),
            ("compiler", f"{first_line(os.environ.get('CXX', 'g++'), '--version')}, Release"),
            ("peers", ", ".join(f"{name} {version}" for name, version in versions.items())),
            ("load average before", " ".join(f"{load:.2f}" for load in os.getloadavg()))]
