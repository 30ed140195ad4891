// The gradient of embedding_forward: dtable[id, c] += sum of dy[n, c] over the rows n that used id.
// order (T*B) u32: the rows n = t*B + b sorted by id, ascending within an id (a counting sort on the host);
// starts (V + 1) u32: id's rows are order[starts[id]] to order[starts[id + 1] - 1]. One owner sums an id's rows, in that
// order: the sum does not depend on threads. dy (T*B, columns), its rows ld words apart; element (id, c) of dtable
// lies at word id*idStride + c*columnStride.
