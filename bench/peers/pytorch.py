"""The tutorial's training step in PyTorch, to time refrain against.

    python3 bench/peers/pytorch.py --cell lstm --variant gather --json   time a step on random ids
    python3 bench/peers/pytorch.py --corpus FILE --epochs 250            train on a text as the tutorial does

Two variants, the same numbers:

- onehot: the tutorial as it is written: scatter a one-hot, nn.RNN (GRU, LSTM), nn.Linear.
- gather: the strongest PyTorch we know how to write for a CPU. A one-hot times a matrix is a row of the
  matrix, so the first layer's input product is an embedding lookup. nn.RNN cannot skip that product, so the
  first layer's recurrence is a hand-written autograd function, which also makes the gradient of weight_hh
  with one product for all time steps. On two Zen cores, hidden size 256, forward and backward, a TorchScript
  loop takes 1.36 (RNN) and 1.13 (LSTM) times as long, the same loop without TorchScript 1.5 times as long.
  Further layers are PyTorch's own.

Both clip with the tutorial's own function and update with torch.optim.Adam. README.md says what to install.
Letters: B batch, T time steps, H hidden size, V vocabulary, G gates.
"""

import argparse
import json
import math
import os
import statistics
import time


def parse_arguments():
    parser = argparse.ArgumentParser(description="Times, or trains, the tutorial's language model in PyTorch")
    parser.add_argument("--variant", choices=("onehot", "gather"), default="onehot")
    parser.add_argument("--cell", choices=("rnn", "gru", "lstm"), default="rnn")
    sizes = {"hidden-size": 256, "num-layers": 1, "batch-size": 32, "num-steps": 35}
    timing = {"threads": 2, "seed": 0, "steps": 100, "warmup": 10, "vocabulary-size": 1027}
    training = {"max-chars": 10000, "epochs": 250, "log-every": 50}
    for flag, default in (sizes | timing | training).items():
        parser.add_argument(f"--{flag}", type=int, default=default, help=f"default: {default}")
    parser.add_argument("--learning-rate", type=float, default=1e-3, help="default: 1e-3; GRU, LSTM: 1e-2")
    parser.add_argument("--clip-grad-norm", type=float, default=1e-2, help="default: 1e-2")
    parser.add_argument("--corpus", help="a text to train on; without one, steps on random ids are timed")
    parser.add_argument("--json", action="store_true", help="print the timing as one line of JSON")
    return parser.parse_args()


ARGUMENTS = parse_arguments()
# Read when the libraries load. OpenMP (torch) and OpenBLAS each have a pool of threads. If the threads of
# both spin while they wait, they take the cores from each other: nn.RNN then took 4 to 10 times as long.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")
os.environ.setdefault("OMP_NUM_THREADS", str(ARGUMENTS.threads))
os.environ.setdefault("OPENBLAS_NUM_THREADS", str(ARGUMENTS.threads))

import torch  # noqa: E402
from torch import nn  # noqa: E402
from torch.autograd import Function  # noqa: E402

LAYERS = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}


class OneHotModel(nn.Module):
    """The tutorial's RNNModel."""

    def __init__(self, cell, vocabulary_size, hidden_size, num_layers):
        super().__init__()
        self.cell, self.vocabulary_size = cell, vocabulary_size
        self.rnn = LAYERS[cell](vocabulary_size, hidden_size, num_layers)
        self.dense = nn.Linear(hidden_size, vocabulary_size)

    def one_hot(self, ids):
        result = torch.zeros(ids.shape[0], self.vocabulary_size)
        result.scatter_(1, ids.view(-1, 1), 1)
        return result

    def forward(self, ids, state):
        inputs = torch.stack([self.one_hot(ids[:, t]) for t in range(ids.shape[1])])
        output, state = self.rnn(inputs, state)
        return self.dense(output.view(-1, output.shape[-1])), state


# The recurrences take the gates' input part x (T, B, G*H), both biases included (GRU: bias_ih alone). States
# are (T+1, B, H), as h[t-1] for all t is then one matrix. The initial state is detached: it has no gradient.


def states_from(initial, num_steps):
    states = initial.new_empty(num_steps + 1, *initial.shape)
    states[0] = initial
    return states


def weight_gradient(d_gates, h):
    return d_gates.view(-1, d_gates.shape[2]).t() @ h[:-1].view(-1, h.shape[2])


class RNNRecurrence(Function):
    """h[t] = tanh(x[t] + W h[t-1])"""

    @staticmethod
    def forward(ctx, x, weight, h0):
        h = states_from(h0, len(x))
        for t in range(len(x)):
            torch.addmm(x[t], h[t], weight.t(), out=h[t + 1]).tanh_()
        ctx.save_for_backward(h, weight)
        return h[1:]

    @staticmethod
    def backward(ctx, d_output):
        h, weight = ctx.saved_tensors
        slope = 1 - h[1:] ** 2
        dx, dh = torch.empty_like(slope), torch.zeros_like(h[0])
        for t in reversed(range(len(dx))):
            dh += d_output[t]
            torch.mul(dh, slope[t], out=dx[t])
            torch.mm(dx[t], weight, out=dh)
        return dx, weight_gradient(dx, h), None


class GRURecurrence(Function):
    """r, z = σ(x + W h + b), n = tanh(x + r (W h + b)), h[t] = (1 - z) n + z h[t-1]"""

    @staticmethod
    def forward(ctx, x, weight, bias, h0):
        h, size = states_from(h0, len(x)), h0.shape[1]
        gates, hidden = torch.empty_like(x), torch.empty_like(x)
        for t in range(len(x)):
            torch.addmm(bias, h[t], weight.t(), out=hidden[t])
            torch.add(x[t, :, : 2 * size], hidden[t, :, : 2 * size], out=gates[t, :, : 2 * size]).sigmoid_()
            r, z, n = gates[t].chunk(3, 1)
            torch.addcmul(x[t, :, 2 * size :], r, hidden[t, :, 2 * size :], out=n).tanh_()
            torch.lerp(n, h[t], z, out=h[t + 1])
        ctx.save_for_backward(h, gates, hidden[:, :, 2 * size :], weight)
        return h[1:]

    @staticmethod
    def backward(ctx, d_output):
        h, gates, hidden_n, weight = ctx.saved_tensors
        r, z, n = gates.chunk(3, 2)
        # What each gate's gradient is multiplied by, for all time steps at once.
        factor_r, factor_z = hidden_n * r * (1 - r), (h[:-1] - n) * z * (1 - z)
        factor_n = (1 - z) * (1 - n * n)
        dx, d_hidden, dh = torch.empty_like(gates), torch.empty_like(gates), torch.zeros_like(h[0])
        for t in reversed(range(len(dx))):
            dh += d_output[t]
            dr, dz, dn = dx[t].chunk(3, 1)
            torch.mul(dh, factor_z[t], out=dz)
            torch.mul(dh, factor_n[t], out=dn)
            torch.mul(dn, factor_r[t], out=dr)
            d_hidden[t] = dx[t]
            d_hidden[t, :, -dn.shape[1] :] *= r[t]
            torch.addmm(dh.mul_(z[t]), d_hidden[t], weight, out=dh)
        return dx, weight_gradient(d_hidden, h), d_hidden.sum((0, 1)), None


class LSTMRecurrence(Function):
    """i, f, o = σ(x + W h), g = tanh(x + W h), c[t] = f c[t-1] + i g, h[t] = o tanh(c[t])"""

    @staticmethod
    def forward(ctx, x, weight, h0, c0):
        h, c, size = states_from(h0, len(x)), states_from(c0, len(x)), h0.shape[1]
        gates, tanh_c = torch.empty_like(x), torch.empty_like(h[1:])
        for t in range(len(x)):
            torch.addmm(x[t], h[t], weight.t(), out=gates[t])
            gates[t, :, : 2 * size].sigmoid_()
            i, f, g, o = gates[t].chunk(4, 1)
            g.tanh_()
            o.sigmoid_()
            torch.mul(f, c[t], out=c[t + 1]).addcmul_(i, g)
            torch.tanh(c[t + 1], out=tanh_c[t])
            torch.mul(o, tanh_c[t], out=h[t + 1])
        ctx.save_for_backward(h, c, tanh_c, gates, weight)
        last_c = c[-1].clone()
        ctx.mark_non_differentiable(last_c)
        return h[1:], last_c

    @staticmethod
    def backward(ctx, d_output, _):
        h, c, tanh_c, gates, weight = ctx.saved_tensors
        i, f, g, o = gates.chunk(4, 2)
        factor_i, factor_f, factor_g = g * i * (1 - i), c[:-1] * f * (1 - f), i * (1 - g * g)
        factor_o, c_from_h = tanh_c * o * (1 - o), o * (1 - tanh_c * tanh_c)
        dx, dh, dc = torch.empty_like(gates), torch.zeros_like(h[0]), torch.zeros_like(h[0])
        for t in reversed(range(len(dx))):
            dh += d_output[t]
            dc.addcmul_(dh, c_from_h[t])
            di, df, dg, do = dx[t].chunk(4, 1)
            torch.mul(dc, factor_i[t], out=di)
            torch.mul(dc, factor_f[t], out=df)
            torch.mul(dc, factor_g[t], out=dg)
            torch.mul(dh, factor_o[t], out=do)
            dc *= f[t]
            torch.mm(dx[t], weight, out=dh)
        return dx, weight_gradient(dx, h), None, None


class GatherModel(nn.Module):
    """The same model with the same weights, but the first weight_ih transposed, (V, G*H), for the lookup."""

    def __init__(self, model):
        super().__init__()
        self.cell, rnn = model.cell, model.rnn
        # Declared in the order of the one-hot model's parameters.
        self.weight_ih = nn.Parameter(rnn.weight_ih_l0.detach().t().contiguous())
        self.weight_hh = nn.Parameter(rnn.weight_hh_l0.detach().clone())
        self.bias_ih = nn.Parameter(rnn.bias_ih_l0.detach().clone())
        self.bias_hh = nn.Parameter(rnn.bias_hh_l0.detach().clone())
        self.rest = None
        if rnn.num_layers > 1:
            self.rest = LAYERS[self.cell](rnn.hidden_size, rnn.hidden_size, rnn.num_layers - 1)
            for own, other in zip(self.rest.parameters(), list(rnn.parameters())[4:]):
                own.data.copy_(other.data)
        self.dense = nn.Linear(rnn.hidden_size, model.vocabulary_size)
        self.dense.load_state_dict(model.dense.state_dict())

    def first_layer(self, ids, state):
        """Output (T, B, H) and the last states, each (B, H)."""
        x = nn.functional.embedding(ids.t(), self.weight_ih)
        if self.cell == "gru":
            output = GRURecurrence.apply(x + self.bias_ih, self.weight_hh, self.bias_hh, *state)
            return output, (output[-1],)
        x = x + (self.bias_ih + self.bias_hh)
        if self.cell == "rnn":
            output = RNNRecurrence.apply(x, self.weight_hh, *state)
            return output, (output[-1],)
        output, last_c = LSTMRecurrence.apply(x, self.weight_hh, *state)
        return output, (output[-1], last_c)

    def forward(self, ids, state):
        states = state if isinstance(state, tuple) else (state,)
        output, lasts = self.first_layer(ids, tuple(tensor[0] for tensor in states))
        lasts = tuple(tensor.unsqueeze(0) for tensor in lasts)
        if self.rest:
            others = tuple(tensor[1:] for tensor in states)
            output, others = self.rest(output, others if self.cell == "lstm" else others[0])
            others = others if self.cell == "lstm" else (others,)
            lasts = tuple(torch.cat(pair) for pair in zip(lasts, others))
        return self.dense(output.view(-1, output.shape[-1])), lasts if self.cell == "lstm" else lasts[0]


# Training


def zero_state(arguments):
    zeros = torch.zeros(arguments.num_layers, arguments.batch_size, arguments.hidden_size)
    return (zeros, zeros) if arguments.cell == "lstm" else zeros


def detach(state):
    return tuple(tensor.detach() for tensor in state) if isinstance(state, tuple) else state.detach()


def grad_clipping(parameters, theta):
    """The tutorial's function: clips by the global norm."""
    norm = torch.tensor([0.0])
    for parameter in parameters:
        norm += (parameter.grad.data**2).sum()
    norm = norm.sqrt().item()
    if norm > theta:
        for parameter in parameters:
            parameter.grad.data *= theta / norm


def mean_loss(model, batch, state):
    ids, targets = batch
    logits, state = model(ids, detach(state))
    return nn.functional.cross_entropy(logits, targets.t().reshape(-1)), state


class Trainer:
    def __init__(self, model, arguments):
        self.model, self.theta = model, arguments.clip_grad_norm
        self.parameters = list(model.parameters())
        self.optimizer = torch.optim.Adam(self.parameters, lr=arguments.learning_rate)

    def step(self, batch, state):
        """The batch's mean loss before the update, and the state after the batch."""
        loss, state = mean_loss(self.model, batch, state)
        self.optimizer.zero_grad()
        loss.backward()
        grad_clipping(self.parameters, self.theta)
        self.optimizer.step()
        return loss.item(), state


def make_model(arguments, vocabulary_size):
    torch.manual_seed(arguments.seed)
    model = OneHotModel(arguments.cell, vocabulary_size, arguments.hidden_size, arguments.num_layers)
    return GatherModel(model) if arguments.variant == "gather" else model


def read_corpus(path, max_chars):
    """The text as ids, and its number of distinct characters. Newlines are spaces, as in the tutorial."""
    with open(path, encoding="utf-8", newline="") as file:
        text = file.read().replace("\n", " ").replace("\r", " ")[:max_chars]
    ids = {character: i for i, character in enumerate(sorted(set(text)))}
    return torch.tensor([ids[character] for character in text]), len(ids)


def consecutive_batches(ids, batch_size, num_steps):
    """Ids and targets, each (B, T): a row of a batch continues the same row of the batch before."""
    row_length = len(ids) // batch_size
    rows = ids[: batch_size * row_length].view(batch_size, row_length)
    for i in range(0, (row_length - 1) // num_steps * num_steps, num_steps):
        yield rows[:, i : i + num_steps], rows[:, i + 1 : i + num_steps + 1]


def train(arguments):
    ids, vocabulary_size = read_corpus(arguments.corpus, arguments.max_chars)
    trainer = Trainer(make_model(arguments, vocabulary_size), arguments)
    for epoch in range(1, arguments.epochs + 1):
        start, losses, state = time.perf_counter(), [], zero_state(arguments)
        for batch in consecutive_batches(ids, arguments.batch_size, arguments.num_steps):
            loss, state = trainer.step(batch, state)
            losses.append(loss)
        if epoch % arguments.log_every == 0:
            perplexity, seconds = math.exp(statistics.mean(losses)), time.perf_counter() - start
            print(f"epoch {epoch}, perplexity {perplexity:.6f}, time {seconds:.2f} sec", flush=True)


# Timing


def random_batch(arguments):
    shape = (arguments.batch_size, arguments.num_steps)
    return torch.randint(arguments.vocabulary_size, shape), torch.randint(arguments.vocabulary_size, shape)


def check_gather(arguments):
    """Holds the loss and gradients, on the second of two batches, to those of the one-hot variant."""
    sizes = arguments.vocabulary_size, arguments.hidden_size, arguments.num_layers
    expected = OneHotModel(arguments.cell, *sizes)
    actual = GatherModel(expected)
    batches = [random_batch(arguments), random_batch(arguments)]
    losses = []
    for model in (expected, actual):
        _, state = mean_loss(model, batches[0], zero_state(arguments))
        loss, _ = mean_loss(model, batches[1], state)
        loss.backward()
        losses.append(loss)
    torch.testing.assert_close(losses[1], losses[0], rtol=1e-5, atol=0)
    for got, (name, want) in zip(actual.parameters(), expected.named_parameters()):
        got = got.grad.t() if name == "rnn.weight_ih_l0" else got.grad
        # Single precision, sums of about a thousand terms: 1e-4 of the largest element is ample.
        error = (got - want.grad).abs().max() / want.grad.abs().max()
        assert error < 1e-4, f"Gradient of {name} is off by {error:.2e} of its largest element"


def time_steps(arguments):
    """Seconds of each step after the warm-up."""
    trainer = Trainer(make_model(arguments, arguments.vocabulary_size), arguments)
    state, seconds = zero_state(arguments), []
    for _ in range(arguments.warmup + arguments.steps):
        batch = random_batch(arguments)
        start = time.perf_counter()
        _, state = trainer.step(batch, state)
        seconds.append(time.perf_counter() - start)
    return seconds[arguments.warmup :]


def benchmark(arguments):
    if arguments.variant == "gather":
        check_gather(arguments)
    seconds = time_steps(arguments)
    median, least = statistics.median(seconds) * 1e3, min(seconds) * 1e3
    tokens_per_second = arguments.batch_size * arguments.num_steps / median * 1e3
    if not arguments.json:
        timing = f"median {median:.2f} ms, least {least:.2f} ms a step, {tokens_per_second:.0f} tokens/s"
        print(f"{arguments.cell} {arguments.variant}: {timing}, torch {torch.__version__}")
        return
    result = {
        "peer": "pytorch", "variant": arguments.variant, "cell": arguments.cell, "medianMs": round(median, 3),
        "minMs": round(least, 3), "tokensPerSecond": round(tokens_per_second), "steps": arguments.steps,
        "threads": arguments.threads, "torch": torch.__version__, "hiddenSize": arguments.hidden_size,
        "numLayers": arguments.num_layers, "batchSize": arguments.batch_size, "numSteps": arguments.num_steps,
        "vocabularySize": arguments.vocabulary_size,
    }  # fmt: skip
    print(json.dumps(result))


if __name__ == "__main__":
    torch.set_num_threads(ARGUMENTS.threads)
    train(ARGUMENTS) if ARGUMENTS.corpus else benchmark(ARGUMENTS)
