"""Trains by a recipe in PyTorch on the CPU and prints the loss on windows: see ../time_to_quality.ts.

`gather` is the recurrence written by hand that is PyTorch's best for small sizes, `library` nn.GRU or nn.LSTM on one-hots.
"""

from recipe import batches, parse_arguments, rate_at, read_texts

ARGUMENTS = parse_arguments()

from blas import prepare  # noqa: E402

prepare(ARGUMENTS.threads, "cpu", False)

import torch  # noqa: E402
from torch import nn  # noqa: E402

from pytorch_gather import GatherModel  # noqa: E402

LAYERS = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}


class LibraryModel(nn.Module):
    def __init__(self, cell, vocabulary_size, hidden_size):
        super().__init__()
        self.cell, self.vocabulary_size = cell, vocabulary_size
        self.rnn = LAYERS[cell](vocabulary_size, hidden_size)
        self.dense = nn.Linear(hidden_size, vocabulary_size)

    def forward(self, ids, state):
        inputs = nn.functional.one_hot(ids.t(), self.vocabulary_size).float()
        output, state = self.rnn(inputs, state)
        return self.dense(output.view(-1, output.shape[-1])), state


def zero_state(rows):
    zeros = torch.zeros(1, rows, ARGUMENTS.hidden_size)
    return (zeros, zeros) if ARGUMENTS.cell == "lstm" else zeros


def detach(state):
    return tuple(tensor.detach() for tensor in state) if isinstance(state, tuple) else state.detach()


def mean_loss(model, ids, targets, state):
    logits, state = model(ids, state)
    return nn.functional.cross_entropy(logits, targets.t().reshape(-1)), state


def train(model, rows):
    optimizer = torch.optim.Adam(model.parameters(), lr=ARGUMENTS.learning_rate, fused=True)
    every = list(batches(rows, ARGUMENTS.num_steps))
    steps = ARGUMENTS.epochs * len(every)
    for step in range(steps):
        if step % len(every) == 0:
            state = zero_state(ARGUMENTS.batch_size)
        optimizer.param_groups[0]["lr"] = rate_at(step, steps, ARGUMENTS.learning_rate)
        loss, state = mean_loss(model, *every[step % len(every)], detach(state))
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), ARGUMENTS.clip_grad_norm)
        optimizer.step()


@torch.no_grad()
def measure(model, ids):
    """Mean loss of windows that each begin at a zero state, 256 side by side."""
    size = ARGUMENTS.windows
    count = (len(ids) - 1) // size
    inputs, targets = ids[: count * size].view(count, size), ids[1 : count * size + 1].view(count, size)
    total = 0.0
    for begin in range(0, count, 256):
        part, wanted = inputs[begin : begin + 256], targets[begin : begin + 256]
        total += mean_loss(model, part, wanted, zero_state(len(part)))[0].item() * len(part)
    return total / count


def run():
    torch.set_num_threads(ARGUMENTS.threads)
    torch.manual_seed(ARGUMENTS.seed)
    training, held_out, vocabulary_size = read_texts(ARGUMENTS)
    model = LibraryModel(ARGUMENTS.cell, vocabulary_size, ARGUMENTS.hidden_size)
    model = GatherModel(model) if ARGUMENTS.variant == "gather" else model
    length = len(training) // ARGUMENTS.batch_size
    train(model, torch.tensor(training[: length * ARGUMENTS.batch_size]).view(ARGUMENTS.batch_size, length))
    print(f"PyTorch {torch.__version__}")
    print(f"loss {measure(model, torch.tensor(held_out)):.6f}")




if __name__ == "__main__":
    run()
