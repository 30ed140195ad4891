"""Trains by a recipe in JAX on the CPU and prints the loss on windows: see ../time_to_quality.ts.

A step is one jitted function, as in ../peers/jax_workload.py; a loss is never read back.
"""

import os

from recipe import batches, parse_arguments, rate_at, read_texts

ARGUMENTS = parse_arguments()
if ARGUMENTS.threads < (os.cpu_count() or 1) and hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: ARGUMENTS.threads])

import jax  # noqa: E402
import jax.numpy as jnp  # noqa: E402
import numpy as np  # noqa: E402
import optax  # noqa: E402

from jax_model import forward, zero_state  # noqa: E402

UNROLL = int(ARGUMENTS.variant or 1)
GATES = {"rnn": 1, "gru": 3, "lstm": 4}


def parameters(vocabulary_size):
    """Drawn as PyTorch draws them: uniform to 1/√H."""
    random, size = np.random.default_rng(ARGUMENTS.seed), ARGUMENTS.hidden_size
    bound, gates = size**-0.5, GATES[ARGUMENTS.cell] * size

    def draw(*shape):
        return jnp.array(random.uniform(-bound, bound, shape).astype(np.float32))

    layer = {"wi": draw(vocabulary_size, gates), "wh": draw(size, gates), "bi": draw(gates), "bh": draw(gates)}
    return {"layers": [layer], "dense": {"w": draw(size, vocabulary_size), "b": draw(vocabulary_size)}}


def state_of(rows):
    return zero_state(ARGUMENTS.cell, ARGUMENTS.hidden_size, 1, rows)


def mean_loss(params, ids, targets, state):
    """Of ids and targets (B, T)."""
    logits, state = forward(ARGUMENTS.cell, params, ids.T, state, UNROLL)
    return optax.softmax_cross_entropy_with_integer_labels(logits, targets.T.reshape(-1)).mean(), state


def train(params, rows):
    every = list(batches(rows, ARGUMENTS.num_steps))
    steps = ARGUMENTS.epochs * len(every)
    clipping = optax.clip_by_global_norm(ARGUMENTS.clip_grad_norm)
    optimizer = optax.chain(clipping, optax.scale_by_adam())

    def update(params, moments, state, ids, targets, rate):
        gradients, state = jax.grad(mean_loss, has_aux=True)(params, ids, targets, state)
        updates, moments = optimizer.update(gradients, moments)
        return jax.tree.map(lambda p, u: p - rate * u, params, updates), moments, state

    compiled = jax.jit(update, donate_argnums=(0, 1, 2))
    moments = optimizer.init(params)
    for step in range(steps):
        if step % len(every) == 0:
            state = state_of(ARGUMENTS.batch_size)
        rate = np.float32(rate_at(step, steps, ARGUMENTS.learning_rate))
        params, moments, state = compiled(params, moments, state, *every[step % len(every)], rate)
    return params


def measure(params, ids):
    """Mean loss of windows that each begin at a zero state, all side by side."""
    size = ARGUMENTS.windows
    count = (len(ids) - 1) // size
    inputs, targets = ids[: count * size].reshape(count, size), ids[1 : count * size + 1].reshape(count, size)
    return float(jax.jit(mean_loss)(params, inputs, targets, state_of(count))[0])


def run():
    training, held_out, vocabulary_size = read_texts(ARGUMENTS)
    length = len(training) // ARGUMENTS.batch_size
    rows = np.array(training[: length * ARGUMENTS.batch_size], np.int32).reshape(ARGUMENTS.batch_size, length)
    params = train(parameters(vocabulary_size), rows)
    print(f"JAX {jax.__version__}")
    print(f"loss {measure(params, np.array(held_out, np.int32)):.6f}")


if __name__ == "__main__":
    run()
