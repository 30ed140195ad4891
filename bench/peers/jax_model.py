"""A language model in JAX: its cells, its states and its logits.

Parameters are {"layers": [{"wi", "wh", "bi", "bh"}], "dense": {"w", "b"}}, matrices as (in, out).
Letters: B batch, T time steps, H hidden size, V vocabulary, G gates.
"""

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax


def rnn(layer, x, state):
    (h,) = state
    h = jnp.tanh(x + h @ layer["wh"])
    return (h,), h


def gru(layer, x, state):
    (h,) = state
    hidden = h @ layer["wh"] + layer["bh"]
    size = h.shape[1]
    r, z = jnp.split(jax.nn.sigmoid(x[:, : 2 * size] + hidden[:, : 2 * size]), 2, 1)
    n = jnp.tanh(x[:, 2 * size :] + r * hidden[:, 2 * size :])
    h = n + z * (h - n)
    return (h,), h


def lstm(layer, x, state):
    h, c = state
    i, f, g, o = jnp.split(x + h @ layer["wh"], 4, 1)
    c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
    h = jax.nn.sigmoid(o) * jnp.tanh(c)
    return (h, c), h


CELLS = {"rnn": rnn, "gru": gru, "lstm": lstm}


def zero_state(cell, hidden_size, num_layers, rows):
    """Of all layers; each of h, and c of an LSTM, is (B, H)."""
    states, shape = 2 if cell == "lstm" else 1, (rows, hidden_size)
    return [tuple(jnp.array(np.zeros(shape, np.float32)) for _ in range(states)) for _ in range(num_layers)]


def forward(cell, params, ids, state, unroll=1):
    """Logits (T * B, V) of ids (T, B), and the states behind them; so many time steps are a round of the loop."""
    step, states, output = CELLS[cell], [], None
    for layer, first in zip(params["layers"], state):
        bias = layer["bi"] if cell == "gru" else layer["bi"] + layer["bh"]
        x = (layer["wi"][ids] if output is None else output @ layer["wi"]) + bias
        last, output = lax.scan(lambda carry, at, layer=layer: step(layer, at, carry), first, x, unroll=unroll)
        states.append(last)
    return output.reshape(-1, output.shape[2]) @ params["dense"]["w"] + params["dense"]["b"], states
