"""A workload's steps or generation in JAX on the CPU, timed by run.ts: see protocol.ts.

A step is one jitted function: rows looked up instead of a one-hot product, the input products of all time steps at once,
lax.scan over time, optax's clipping and Adam, and all that is carried donated. A generation is one jitted scan over the
characters. XLA takes as many threads as there are processors: fewer by taking processors away (Linux).

Letters: B batch, T time steps, H hidden size, V vocabulary, G gates.
"""

import argparse
import os

from timing import read_tensors, read_workload, serve

PARSER = argparse.ArgumentParser(description="Is timed beside refrain")
PARSER.add_argument("--workload", required=True, help="the path of a workload's files, without their extensions")
for flag, default in {"threads": 2, "check": 10, "report-every": 1}.items():
    PARSER.add_argument(f"--{flag}", type=int, default=default, help=f"default: {default}")
ARGUMENTS = PARSER.parse_args()
if ARGUMENTS.threads < (os.cpu_count() or 1) and hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: ARGUMENTS.threads])

import jax  # noqa: E402
import jax.numpy as jnp  # noqa: E402
import numpy as np  # noqa: E402
import optax  # noqa: E402
from jax import lax  # noqa: E402

from jax_model import forward, zero_state  # noqa: E402


def parameters(tensors, workload):
    """Matrices as (in, out)."""

    def turned(name):
        return np.ascontiguousarray(tensors[name].T)

    layers = [
        {
            "wi": turned(f"rnn.weight_ih_l{layer}"),
            "wh": turned(f"rnn.weight_hh_l{layer}"),
            "bi": tensors[f"rnn.bias_ih_l{layer}"],
            "bh": tensors[f"rnn.bias_hh_l{layer}"],
        }
        for layer in range(workload["numLayers"])
    ]
    dense = {"w": turned("dense.weight"), "b": tensors["dense.bias"]}
    return jax.tree.map(jnp.array, {"layers": layers, "dense": dense})


def zeros(workload, rows):
    return zero_state(workload["cell"], workload["hiddenSize"], workload["numLayers"], rows)


def training(workload, tensors):
    """A function that begins anew: it returns one that takes a step and returns its loss, not read back."""
    cell, sizes = workload["cell"], (workload["batchSize"], workload["numSteps"])
    ids, targets = (np.array(workload[key], np.int32).reshape(sizes).T for key in ("inputs", "targets"))
    clipping = optax.clip_by_global_norm(workload["clipGradNorm"])
    optimizer = optax.chain(clipping, optax.adam(workload["learningRate"]))

    def mean_loss(params, state):
        logits, state = forward(cell, params, ids, state)
        return optax.softmax_cross_entropy_with_integer_labels(logits, targets.reshape(-1)).mean(), state

    def update(params, moments, state):
        (loss, state), gradients = jax.value_and_grad(mean_loss, has_aux=True)(params, state)
        updates, moments = optimizer.update(gradients, moments)
        return optax.apply_updates(params, updates), moments, state, loss

    compiled = jax.jit(update, donate_argnums=(0, 1, 2))

    def begin():
        params = parameters(tensors, workload)
        carried = params, optimizer.init(params), zeros(workload, sizes[0])

        def step():
            nonlocal carried
            *carried, loss = compiled(*carried)
            return loss

        return step

    return begin


def generation(workload, tensors):
    """A function that returns ids (streams, length)."""
    params = parameters(tensors, workload)

    def draw(carry, _):
        ids, state = carry
        logits, state = forward(workload["cell"], params, ids[None], state)
        ids = logits.argmax(1).astype(jnp.int32)
        return (ids, state), ids

    @jax.jit
    def generate(ids, state):
        return lax.scan(draw, (ids, state), length=workload["length"])[1].T

    first = jnp.array(workload["ids"], jnp.int32)
    state = zeros(workload, len(workload["ids"]))
    return lambda: np.asarray(generate(first, state)).tolist()


def run():
    workload = read_workload(ARGUMENTS.workload)
    path = f"{ARGUMENTS.workload}.safetensors"
    tensors = read_tensors(path, lambda data, shape: np.frombuffer(data, np.float32).reshape(shape))
    version = {"version": f"JAX {jax.__version__} on {jax.default_backend()}"}
    if workload["kind"] == "generation":
        unit = generation(workload, tensors)
        return version | {"ids": unit()}, unit
    begin = training(workload, tensors)
    checked, step = begin(), begin()
    losses = [float(checked()) for _ in range(ARGUMENTS.check)]

    def steps():
        for _ in range(ARGUMENTS.report_every):
            loss = step()
        float(loss)

    return version | {"losses": losses}, steps


if __name__ == "__main__":
    serve(*run())
