// Sum over rows (a bias gradient, a mean loss): y[c] = scale * sum_r x[r, c], or += where `accumulate`.
// x (rows, columns), its rows ld words apart, the first at word `offset`; y (columns).
