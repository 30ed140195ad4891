"""
Runs a program at a terminal of its own, as its session's first process: terminal.py STEPS PROGRAM ARG...

STEPS is a list in JSON: {"until": TEXT} waits for more output with that text, {"type": TEXT} types it, {"size": [ROWS,
COLUMNS]} makes the terminal so large, {"signal": NUMBER} sends that to the program alone, {"wait": SECONDS} does nothing,
{"close": true} closes the terminal. Prints {"output", "code", "signal"} in JSON once the program has ended.
"""
import fcntl
import json
import os
import pty
import select
import struct
import sys
import termios
import time

TURNS = 1200
"""Turns of 50 ms that a step may take: counted, as a machine may halt all processes for a while."""

steps = json.loads(sys.argv[1])
program = sys.argv[2:]
child, terminal = pty.fork()
if child == 0:
    os.execvp(program[0], program)

output = b""
seen = 0
closed = False


def read(seconds):
    """Takes what comes within a time; False where no more can come."""
    global output
    if closed or not select.select([terminal], [], [], seconds)[0]:
        return not closed
    try:
        part = os.read(terminal, 65536)
    except OSError:  # nobody has the other side open
        part = b""
    output += part
    return part != b""


for step in steps:
    if "until" in step:
        text = step["until"].encode()
        turns = 0
        while text not in output[seen:]:
            turns += 1
            if not read(0.05) or turns > TURNS:
                sys.exit(f"It did not say {step['until']!r}: {output.decode()}")
        seen += output[seen:].index(text) + len(text)
    elif "wait" in step:
        end = time.time() + step["wait"]
        while time.time() < end and read(0.05):
            pass
    elif "type" in step:
        os.write(terminal, step["type"].encode())
    elif "size" in step:
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", *step["size"], 0, 0))
    elif "signal" in step:
        os.kill(child, step["signal"])
    elif "close" in step:
        os.close(terminal)
        closed = True

status = (0, 0)
turns = 0
while status[0] == 0:
    turns += 1
    if turns > TURNS:
        os.kill(child, 9)
        sys.exit(f"It did not end: {output.decode()}")
    if not read(0.05):
        time.sleep(0.05)
    status = os.waitpid(child, os.WNOHANG)
while not closed and select.select([terminal], [], [], 0)[0] and read(0):
    pass
code = os.waitstatus_to_exitcode(status[1])
print(json.dumps({"output": output.decode(), "code": max(code, 0), "signal": max(-code, 0)}))
