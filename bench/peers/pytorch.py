"""The tutorial's language model in PyTorch: trained on a text, or timed beside refrain.

    python3 bench/peers/pytorch.py --corpus FILE --epochs 250            train on a text as the tutorial does
    python3 bench/peers/pytorch.py --workload FOLDER/H1 --variant gather be timed by run.ts: see protocol.ts

Variants; which is the fastest depends on workload, processor and build, so all that train are timed:

- onehot: the tutorial as it is written: scatter a one-hot, nn.RNN (GRU, LSTM), nn.Linear, and its own clipping.
- gather: a one-hot times a matrix is a row of the matrix, so the first layer's input product is an embedding lookup.
  nn.RNN cannot skip that product, so the first layer's recurrence is a hand-written autograd function, which also makes
  the gradient of weight_hh with one product for all time steps. Further layers are PyTorch's own. Generation is one
  TorchScript loop over the characters. On two Zen 4 cores a plain loop whose gradients autograd makes takes 1.05 (RNN)
  and 1.16 (LSTM) times as long.
- embed: the usual practice, nn.Embedding(V, H) before nn.RNN(H, H): another model, with a product more and no one-hot. Its
  losses are held to those of refrain's model with an embedding, its time to refrain's without.
- library: for CUDA, whose nn.RNN (cuDNN) beats any loop: one scatter for the one-hots of all time steps, the
  norm clipped by PyTorch's function, which reads nothing back, and a fused Adam. No CUDA graph is captured.

README.md says what to install. Letters: B batch, T time steps, H hidden size, V vocabulary, G gates.
"""

import argparse
import math
import statistics
import time

from blas import prepare


def parse_arguments():
    parser = argparse.ArgumentParser(description="Trains the tutorial's language model in PyTorch, or is timed")
    parser.add_argument("--variant", choices=("onehot", "gather", "embed", "library"), default="onehot")
    parser.add_argument("--cell", choices=("rnn", "gru", "lstm"), default="rnn")
    sizes = {"hidden-size": 256, "num-layers": 1, "batch-size": 32, "num-steps": 35}
    timing = {"threads": 2, "seed": 0, "check": 10, "report-every": 1}
    training = {"max-chars": 10000, "epochs": 250, "log-every": 50}
    for flag, default in (sizes | timing | training).items():
        parser.add_argument(f"--{flag}", type=int, default=default, help=f"default: {default}")
    parser.add_argument("--learning-rate", type=float, default=1e-3, help="default: 1e-3; GRU, LSTM: 1e-2")
    parser.add_argument("--clip-grad-norm", type=float, default=1e-2, help="default: 1e-2")
    parser.add_argument("--asleep", action="store_true", help="threads sleep while they wait, instead of spinning")
    parser.add_argument("--device", default="cpu", help="cpu or cuda; default: cpu")
    purpose = parser.add_mutually_exclusive_group(required=True)
    purpose.add_argument("--corpus", help="a text to train on")
    purpose.add_argument("--workload", help="the path of a workload's files, without their extensions")
    return parser.parse_args()


ARGUMENTS = parse_arguments()
prepare(ARGUMENTS.threads, ARGUMENTS.device, ARGUMENTS.asleep)

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
        result = torch.zeros(ids.shape[0], self.vocabulary_size, device=ids.device)
        result.scatter_(1, ids.view(-1, 1), 1)
        return result

    def inputs(self, ids):
        """(T, B, V)"""
        return torch.stack([self.one_hot(ids[:, t]) for t in range(ids.shape[1])])

    def forward(self, ids, state):
        output, state = self.rnn(self.inputs(ids), state)
        return self.dense(output.view(-1, output.shape[-1])), state


class LibraryModel(OneHotModel):
    def inputs(self, ids):
        return self.one_hot(ids.t().reshape(-1)).view(*ids.t().shape, -1)


class EmbeddingModel(nn.Module):
    def __init__(self, cell, vocabulary_size, hidden_size, num_layers):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary_size, hidden_size)
        self.rnn = LAYERS[cell](hidden_size, hidden_size, num_layers)
        self.dense = nn.Linear(hidden_size, vocabulary_size)

    def forward(self, ids, state):
        output, state = self.rnn(self.embedding(ids.t()), state)
        return self.dense(output.view(-1, output.shape[-1])), state


def make_model(arguments, vocabulary_size, weights=None):
    kind = {"library": LibraryModel, "embed": EmbeddingModel}.get(arguments.variant, OneHotModel)
    model = kind(arguments.cell, vocabulary_size, arguments.hidden_size, arguments.num_layers)
    if weights:
        model.load_state_dict(weights)
    model = GatherModel(model) if arguments.variant == "gather" else model
    return model.to(arguments.device)


# Training


def zero_state(arguments):
    sizes = arguments.num_layers, arguments.batch_size, arguments.hidden_size
    zeros = torch.zeros(sizes, device=arguments.device)
    return (zeros, zeros) if arguments.cell == "lstm" else zeros


def detach(state):
    return tuple(tensor.detach() for tensor in state) if isinstance(state, tuple) else state.detach()


def grad_clipping(parameters, theta):
    """The tutorial's function: clips by the global norm."""
    norm = torch.zeros(1, device=parameters[0].device)
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
        tutorial = arguments.variant == "onehot"
        self.clip = grad_clipping if tutorial else nn.utils.clip_grad_norm_
        fused = {} if tutorial else {"fused": True}
        self.optimizer = torch.optim.Adam(self.parameters, lr=arguments.learning_rate, **fused)

    def step(self, batch, state):
        """The batch's mean loss before the update, not read back, and the state after the batch."""
        loss, state = mean_loss(self.model, batch, state)
        self.optimizer.zero_grad()
        loss.backward()
        self.clip(self.parameters, self.theta)
        self.optimizer.step()
        return loss, state


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
    torch.manual_seed(arguments.seed)
    ids, vocabulary_size = read_corpus(arguments.corpus, arguments.max_chars)
    ids = ids.to(arguments.device)
    trainer = Trainer(make_model(arguments, vocabulary_size), arguments)
    for epoch in range(1, arguments.epochs + 1):
        start, losses, state = time.perf_counter(), [], zero_state(arguments)
        for batch in consecutive_batches(ids, arguments.batch_size, arguments.num_steps):
            loss, state = trainer.step(batch, state)
            losses.append(loss.item())
        if epoch % arguments.log_every == 0:
            perplexity, seconds = math.exp(statistics.mean(losses)), time.perf_counter() - start
            print(f"epoch {epoch}, perplexity {perplexity:.6f}, time {seconds:.2f} sec", flush=True)


if __name__ == "__main__":
    torch.set_num_threads(ARGUMENTS.threads)
    # Single precision means single precision, in products and in cuDNN.
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
    if ARGUMENTS.corpus:
        train(ARGUMENTS)
    else:
        from pytorch_workload import run

        run(ARGUMENTS, make_model, Trainer, zero_state)
