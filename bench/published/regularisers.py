"""An LSTM on characters with one regulariser at a time, in PyTorch: what each does for the loss on held-out text.

    python regularisers.py --corpus FILE --variants plain,variational,weight-drop,layer-norm --seeds 1,2

prints a line of JSON for each run. All runs share model, batches, optimizer and schedule. `output` is what refrain
has as `--output-dropout`: single elements of embeddings and outputs are dropped. `variational` drops as many, the same
at each time step; `recurrent` does so and drops of the state too; the others come on top of `output`.
"""

import argparse
import json
import math
import time

import torch
import torch.nn.functional as F

VARIANTS = ("plain", "output", "variational", "recurrent", "weight-drop", "layer-norm")


class Model(torch.nn.Module):
    """Embedding, one LSTM layer and a linear layer. Shapes: characters (T, B), states (B, H), logits (T, B, V)."""

    def __init__(self, vocab, hidden, embedding, variant, p, output_p):
        super().__init__()
        self.variant, self.p, self.output_p = variant, p, output_p
        self.embedding = torch.nn.Embedding(vocab, embedding)
        self.rnn = torch.nn.LSTM(embedding, hidden)
        self.linear = torch.nn.Linear(hidden, vocab)
        if variant == "layer-norm":
            self.norm_ih = torch.nn.LayerNorm(4 * hidden)
            self.norm_hh = torch.nn.LayerNorm(4 * hidden)
            self.norm_c = torch.nn.LayerNorm(hidden)

    def drop(self, x):
        """x (T, B, any), elements of it dropped; those of a row are the same at each time step in variational
        dropout (Gal and Ghahramani, arXiv 1512.05287)."""
        if self.variant == "plain" or not self.training:
            return x
        if self.variant in ("variational", "recurrent"):
            return x * F.dropout(torch.ones_like(x[0]), self.output_p)
        return F.dropout(x, self.output_p)

    def loop(self, x, state):
        """The LSTM step by step, for what the fused one cannot do. Returns outputs (T, B, H) and the last state."""
        rnn, (h, c) = self.rnn, (state[0][0], state[1][0])
        parts = F.linear(x, rnn.weight_ih_l0, None if self.variant == "layer-norm" else rnn.bias_ih_l0)
        if self.variant == "layer-norm":
            parts = self.norm_ih(parts)
        mask = None
        if self.variant == "recurrent" and self.training:
            mask = F.dropout(torch.ones_like(h), self.p)
        outputs = []
        for part in parts.unbind(0):
            product = F.linear(h if mask is None else h * mask, rnn.weight_hh_l0)
            if self.variant == "layer-norm":
                product = self.norm_hh(product)
            else:
                product = product + rnn.bias_hh_l0
            i, f, g, o = (part + product).chunk(4, 1)
            c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
            h = torch.sigmoid(o) * torch.tanh(self.norm_c(c) if self.variant == "layer-norm" else c)
            outputs.append(h)
        return torch.stack(outputs), (h[None], c[None])

    def fused(self, x, state):
        rnn, weight_hh = self.rnn, self.rnn.weight_hh_l0
        if self.variant == "weight-drop" and self.training:
            weight_hh = F.dropout(weight_hh, self.p)
        weights = [rnn.weight_ih_l0, weight_hh, rnn.bias_ih_l0, rnn.bias_hh_l0]
        y, h, c = torch.lstm(x, state, weights, True, 1, 0.0, self.training, False, False)
        return y, (h, c)

    def forward(self, ids, state):
        x = self.embedding(ids)
        x = self.drop(x)
        run = self.loop if self.variant in ("recurrent", "layer-norm") else self.fused
        y, state = run(x, state)
        return self.linear(self.drop(y)), state


def rows_of(ids, batch):
    """ids (N) as consecutive rows side by side: (T, B)."""
    length = len(ids) // batch
    return ids[: length * batch].view(batch, length).t().contiguous()


def pieces(rows, steps):
    for begin in range(0, len(rows) - 1, steps):
        end = min(begin + steps, len(rows) - 1)
        yield rows[begin:end], rows[begin + 1 : end + 1]


def zeros(batch, hidden):
    return torch.zeros(1, batch, hidden), torch.zeros(1, batch, hidden)


@torch.no_grad()
def held_out(model, rows, steps, hidden):
    model.eval()
    state, total, count = zeros(rows.shape[1], hidden), 0.0, 0
    for ids, next_ids in pieces(rows, steps):
        logits, state = model(ids, state)
        total += F.cross_entropy(logits.flatten(0, 1), next_ids.flatten(), reduction="sum").item()
        count += next_ids.numel()
    model.train()
    return total / count


def run(ids, vocab, variant, p, seed, args):
    torch.manual_seed(seed)
    cut = len(ids) - math.ceil(len(ids) * args.validation_split)
    train, validation = rows_of(ids[:cut][: args.max_chars], args.batch_size), rows_of(ids[cut:], 8)
    model = Model(vocab, args.hidden_size, args.embedding_size, variant, p, args.output_dropout)
    optimizer = torch.optim.Adam(model.parameters(), lr=args.learning_rate)
    steps = args.epochs * len(list(pieces(train, args.num_steps)))
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    losses, began = [], time.process_time()
    for _ in range(args.epochs):
        state = zeros(args.batch_size, args.hidden_size)
        for batch, next_ids in pieces(train, args.num_steps):
            logits, state = model(batch, tuple(s.detach() for s in state))
            loss = F.cross_entropy(logits.flatten(0, 1), next_ids.flatten())
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
        losses.append(round(held_out(model, validation, args.num_steps, args.hidden_size), 4))
    return {
        "corpus": args.corpus.split("/")[-1],
        "max_chars": args.max_chars,
        "variant": variant,
        "p": p,
        "output_dropout": args.output_dropout,
        "seed": seed,
        "best": min(losses),
        "train": round(loss.item(), 3),
        "held_out": losses,
        "cpu_seconds": round(time.process_time() - began),
    }


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--corpus", required=True)
    parser.add_argument("--variants", default=",".join(VARIANTS), help="NAME or NAME:p, with commas between")
    parser.add_argument("--seeds", default="1")
    parser.add_argument("--max-chars", type=int, help="of the training part; the held-out part stays as it is")
    parser.add_argument("--hidden-size", type=int, default=128)
    parser.add_argument("--embedding-size", type=int, default=64)
    parser.add_argument("--output-dropout", type=float, default=0.3)
    parser.add_argument("--learning-rate", type=float, default=3e-3)
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--num-steps", type=int, default=64)
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--validation-split", type=float, default=0.1)
    args = parser.parse_args()
    torch.set_num_threads(1)
    text = open(args.corpus, encoding="utf-8").read()
    known = {c: i for i, c in enumerate(dict.fromkeys(text))}
    ids = torch.tensor([known[c] for c in text])
    for seed in map(int, args.seeds.split(",")):
        for item in args.variants.split(","):
            variant, _, p = item.partition(":")
            print(json.dumps(run(ids, len(known), variant, float(p or 0.3), seed, args)), flush=True)


if __name__ == "__main__":
    main()
