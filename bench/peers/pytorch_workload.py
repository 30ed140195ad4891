"""A workload's steps or generation in PyTorch, timed by run.ts: see pytorch.py and protocol.ts."""

import torch

from blas import openblas_core

from timing import read_tensors, read_workload, serve


def run(arguments, make_model, trainer, zero_state):
    workload = read_workload(arguments.workload)
    for name, key in {"cell": "cell", "hidden_size": "hiddenSize", "num_layers": "numLayers"}.items():
        setattr(arguments, name, workload[key])
    tensors = read_tensors(f"{arguments.workload}.safetensors", from_buffer)
    model = make_model(arguments, workload["vocabularySize"], tensors)
    if workload["kind"] == "generation":
        arguments.batch_size = len(workload["ids"])
        first, unit = generation(arguments, workload, model, zero_state(arguments))
    else:
        arguments.batch_size, arguments.learning_rate = workload["batchSize"], workload["learningRate"]
        arguments.clip_grad_norm = workload["clipGradNorm"]
        losses, _ = training(arguments, workload, trainer(model, arguments), zero_state(arguments))
        again = make_model(arguments, workload["vocabularySize"], tensors)
        first = {"losses": [losses() for _ in range(arguments.check)]}
        _, unit = training(arguments, workload, trainer(again, arguments), zero_state(arguments))
    device = torch.cuda.get_device_name() if arguments.device == "cuda" else arguments.device
    core = openblas_core() if device == "cpu" else ""
    kernels = f", OpenBLAS {core}" if core else ""
    serve({"version": f"PyTorch {torch.__version__} on {device}{kernels}"} | first, unit)


def from_buffer(data, shape):
    return torch.frombuffer(data, dtype=torch.float32).view(shape)


def training(arguments, workload, trainer, state):
    """One step that returns its loss, and report_every steps of which the last loss is read."""
    sizes = workload["batchSize"], workload["numSteps"]
    batch = [torch.tensor(workload[key], device=arguments.device).view(sizes) for key in ("inputs", "targets")]

    def step():
        nonlocal state
        loss, state = trainer.step(batch, state)
        return loss

    def steps():
        for _ in range(arguments.report_every):
            loss = step()
        loss.item()

    return lambda: step().item(), steps


# Generation


def generation(arguments, workload, model, state):
    ids, length = torch.tensor(workload["ids"], device=arguments.device), workload["length"]
    generate = {"gather": generate_scripted}.get(arguments.variant, generate_stepwise)

    @torch.no_grad()
    def unit():
        return generate(model, ids, state, length).cpu().tolist()

    return {"ids": unit()}, unit


def generate_stepwise(model, ids, state, length):
    """As the tutorial predicts: the model called for each character."""
    result = []
    for _ in range(length):
        logits, state = model(ids.view(-1, 1), state)
        ids = logits.argmax(1)
        result.append(ids)
    return torch.stack(result, 1)


@torch.jit.script
def loop_rnn(table, weight_hh, weight, bias, ids, h, length: int):
    result = torch.empty([ids.shape[0], length], dtype=torch.long, device=ids.device)
    for i in range(length):
        h = torch.addmm(table[ids], h, weight_hh).tanh_()
        ids = torch.addmm(bias, h, weight).argmax(1)
        result[:, i] = ids
    return result


@torch.jit.script
def loop_lstm(table, weight_hh, weight, bias, ids, h, c, length: int):
    result = torch.empty([ids.shape[0], length], dtype=torch.long, device=ids.device)
    for i in range(length):
        gates = torch.addmm(table[ids], h, weight_hh)
        i_, f, g, o = gates.chunk(4, 1)
        c = f.sigmoid() * c + i_.sigmoid() * g.tanh()
        h = o.sigmoid() * c.tanh()
        ids = torch.addmm(bias, h, weight).argmax(1)
        result[:, i] = ids
    return result


def generate_scripted(model, ids, state, length):
    """RNN and LSTM of one layer: biases are part of the table that is looked up."""
    assert model.rest is None and model.cell != "gru"
    if not hasattr(model, "prepared"):
        table = model.weight_ih + model.bias_ih + model.bias_hh
        model.prepared = table, model.weight_hh.t(), model.dense.weight.t(), model.dense.bias
    if model.cell == "lstm":
        return loop_lstm(*model.prepared, ids, state[0][0], state[1][0], length)
    return loop_rnn(*model.prepared, ids, state[0], length)
