// One layer in one direction, over all T time steps. For s = 0 … T-1, with t = s, or t = T-1-s where `reverse`:
//   hidden part = bias_hh + weight_hh h_previous,   h, c = cell(input part, hidden part, c_previous)
// h_previous is the state of the step before: states are kept in T + 1 slots, and step t goes from slot t to slot t + 1,
// or from slot t + 1 to slot t where `reverse`. The caller has put the initial state in slot 0, or T where `reverse`.
// Where `masked`, a row whose lengths[b] <= t passes its state on unchanged (packed sequences; the output of such a step
// is zeroed elsewhere).
// gates (T, B, S*H): in, the input part weight_ih x + bias_ih of each of the cell's gates in its first G*H columns; out,
// what the backward pass needs, as cells/<cell> says. S = 1, 1, 4, 4 for tanh, relu, gru, lstm, and 5 for lstm with
// projection. weight_hh (G*H, R), bias_hh (G*H), lengths (B) u32; states: h (T + 1, B, R) at word offsetH,
// c (T + 1, B, H) at word offsetC (lstm only). R = H, or `projection` where that is not 0: then h = weight_hr m with
// weight_hr (R, H), m what the cell gave as h.
