// A rectangle copied: target[r, c] = source[r, c], or += where `accumulate`.
// source, target (rows, columns), their rows ldSource, ldTarget words apart, the first at word offsetSource,
// offsetTarget. Halves of two directions are joined and parted by it.
