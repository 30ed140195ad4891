"""A recurrent layer whose one-hot product is a gather, with recurrences written by hand: see pytorch.py."""

import torch
from torch import nn
from torch.autograd import Function


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
            self.rest = type(rnn)(rnn.hidden_size, rnn.hidden_size, rnn.num_layers - 1)
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
