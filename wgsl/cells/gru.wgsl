// Gated recurrent unit (Cho et al. 2014) in PyTorch's form, the reset after the product; x its input part, u its hidden part:
//   r = sigmoid(x_r + u_r);  z = sigmoid(x_z + u_z);  n = tanh(x_n + r u_n);  h = (1 - z) n + z h_previous
// Slots of gates, forward: r, z, n, u_n. Backward: dx_r = du_r, dx_z = du_z, dx_n, du_n, with
//   dx_n = dh (1 - z)(1 - n^2);  du_n = dx_n r;  dx_r = dx_n u_n r (1 - r);  dx_z = dh (h_previous - n) z (1 - z)
// and z dh goes straight to dh_previous.
