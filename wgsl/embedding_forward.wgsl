// Rows of a table by id: y[t*B + b, c] = table[ids[b, t], c], or += where `accumulate`.
// It is the product of a one-hot matrix (T*B, V) with the table, without the multiplications by 0 and 1.
// ids (B, T) u32, each below V; element (id, c) of the table lies at word id*idStride + c*columnStride, so that a
// `weight_ih` (columns, V) and an embedding (V, columns) are both tables; y (T*B, columns), its rows ld words apart.
