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

from pytorch_gather import GatherModel  # noqa: E402

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
