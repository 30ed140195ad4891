// The gradient of recurrent_forward, the same steps taken backwards. With dh the gradient of a step's h in all:
//   dh = dy[t] + dh from the step after;  with projection: dy[t] = dh is kept and dm = weight_hr^T dh, else dm = dh
//   d(input part), d(hidden part), dc_previous = cell_backward(gates[t], h_previous, c_previous, c, dm, dc)
//   dh_previous = weight_hh^T d(hidden part) + what the cell passes straight on (z dh of a GRU)
// gates (T, B, S*H): in, what the forward pass left; out, the gradients of input part and hidden part, laid out as
// cells/<cell> says. dy (T, B, R): the gradient of the outputs. dstates: dh (B, R) at word 0, dc (B, H) at word
// offsetDc (lstm only): in, the gradients of the final state; out, those of the initial state. Where `masked`, steps with
// lengths[b] <= t pass dh and dc on unchanged and leave zeros in gates (with projection also in dy).
// weight_hh (G*H, R), weight_hr (R, H), lengths (B) u32, states as the forward pass left them.
