// A row vector given to every row (a bias): y[r, c] = x[c], or += where `accumulate`.
// x (columns); y (rows, columns), its rows ld words apart.
