"""A recipe as both peers read it: flags, characters as ids, batches, windows, and the rate of each step.

Letters: B batch, T time steps, N characters.
"""

import argparse
import math
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "peers"))


def parse_arguments():
    parser = argparse.ArgumentParser(description="Trains by a recipe, and prints the loss on windows of another text")
    for flag in ("corpus", "held-out", "cell"):
        parser.add_argument(f"--{flag}", required=True)
    for flag in ("hidden-size", "batch-size", "num-steps", "epochs", "windows", "threads"):
        parser.add_argument(f"--{flag}", type=int, required=True)
    for flag in ("learning-rate", "clip-grad-norm"):
        parser.add_argument(f"--{flag}", type=float, required=True)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--variant", default="", help="of PyTorch: gather or library; of JAX: time steps in a loop's round")
    return parser.parse_args()


def read_texts(arguments):
    """Ids of both texts as lists, and the number of distinct characters."""
    with open(arguments.corpus, encoding="utf-8") as file:
        training = file.read()
    with open(arguments.held_out, encoding="utf-8") as file:
        held_out = file.read()
    ids = {character: i for i, character in enumerate(sorted(set(training)))}
    return [ids[character] for character in training], [ids[character] for character in held_out], len(ids)


def batches(rows, num_steps):
    """Inputs and targets (B, T) of rows (B, N): each batch goes on where the one before ended."""
    for begin in range(0, (rows.shape[1] - 1) // num_steps * num_steps, num_steps):
        yield rows[:, begin : begin + num_steps], rows[:, begin + 1 : begin + num_steps + 1]


def rate_at(step, steps, rate):
    """Of a cosine that ends at zero behind the last step."""
    return rate * 0.5 * (1 + math.cos(math.pi * step / steps))
