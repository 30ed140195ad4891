// One id drawn from a row of `logits` by the row's words of `settings`: what sample and generate_steps share, which bind both.
// A workgroup of 256 owns a row. What is kept is always the front of the order "larger logit first, of equals the lower
// id", so that one cut tells it: the last kept logit, by its place in that order, and the last kept id among its equals.
// The cut is found by bisection of the logits' bits, then of the ids; every round sums in the same order.

// uses lib/activations.wgsl
// uses lib/cascade.wgsl
// uses lib/reduce.wgsl
// uses lib/threefry.wgsl

var<workgroup> share_sums: array<f32, 256>; // of the kept probabilities among the ids of each invocation
var<workgroup> chosen: u32;

struct Cut {
  key: u32,
  id: u32,
}

// How a row is drawn.
struct Manner {
  temperature: f32,
  top_k: u32,
  top_p: f32,
  key: vec2u,
  counter: vec2u,
  barred: u32, // an id that is not drawn, no id where all may be
}

// A row's words of settings, at one of its characters.
fn manner_of(row: u32, step: u32) -> Manner {
  let at = 8u + row * 8u;
  let key = vec2u(settings[at + 3u], settings[at + 4u]);
  let counter = vec2u(settings[at + 6u] + step, settings[at + 5u]);
  let top_p = bitcast<f32>(settings[at + 2u]);
  return Manner(bitcast<f32>(settings[at]), settings[at + 1u], top_p, key, counter, settings[at + 7u] - 1u);
}

// Logits from word `start` on, the largest of those that may be drawn, what divides them, and which one is barred.
struct Row {
  start: u32,
  largest: f32,
  temperature: f32,
  barred: u32,
}

// A whole number that is larger for larger floats, and the same for both zeros.
fn sort_key(x: f32) -> u32 {
  let bits = bitcast<u32>(x);
  return select(select(~bits, bits | 0x80000000u, bits < 0x80000000u), 0x80000000u, bits << 1u == 0u);
}

fn is_kept(key: u32, id: u32, cut: Cut) -> bool {
  return key > cut.key || (key == cut.key && id <= cut.id);
}

// The probability of a logit, but for a factor that all of the row share.
fn weight(logit: f32, row: Row) -> f32 {
  return exp_by_parts((logit - row.largest) / row.temperature);
}

// The sum over what both cuts keep: of weights, or of ones where `counting`.
fn sum_kept(local: u32, row: Row, outer: Cut, inner: Cut, counting: bool) -> f32 {
  var sum = 0.0;
  for (var first = local; first < params.columns; first += 1024u) {
    // unroll
    for (var i = 0u; i < 4u; i++) {
      let id = first + i * 256u;
      if (id < params.columns) {
        let logit = logits[row.start + id];
        let key = sort_key(logit);
        if (id != row.barred && is_kept(key, id, outer) && is_kept(key, id, inner)) {
          if (counting) {
            sum += 1.0;
          } else {
            sum += weight(logit, row);
          }
        }
      }
    }
  }
  return workgroup_sum(local, sum);
}

// The shortest front within `outer` whose sum is at least `need`.
fn shortest(local: u32, row: Row, outer: Cut, need: f32, counting: bool) -> Cut {
  var low = 0u; // always enough
  var high = sort_key(row.largest) + 1u; // never
  for (var round = 0u; round < 32u; round++) {
    let middle = low + (high - low) / 2u;
    let enough = sum_kept(local, row, outer, Cut(middle, params.columns), counting) >= need;
    high = select(middle, high, enough);
    low = select(low, middle, enough);
  }
  var below = 0u; // ids below this are not enough
  var last = params.columns - 1u; // always enough
  for (var span = 1u; span < params.columns; span <<= 1u) {
    let middle = below + (last - below) / 2u;
    let enough = sum_kept(local, row, outer, Cut(low, middle), counting) >= need;
    last = select(last, middle, enough);
    below = select(min(middle + 1u, last), below, enough);
  }
  return Cut(low, last);
}

// The first id, in the order of ids, at which the running sum of kept weights exceeds a random part of all.
fn draw(local: u32, row: Row, manner: Manner, cut: Cut) -> u32 {
  let share = (params.columns + 255u) / 256u;
  var sum = 0.0;
  for (var id = local * share; id < min((local + 1u) * share, params.columns); id++) {
    let logit = logits[row.start + id];
    if (id != row.barred && is_kept(sort_key(logit), id, cut)) {
      sum += weight(logit, row);
    }
  }
  share_sums[local] = sum;
  workgroupBarrier();
  if (local == 0u) {
    var total = 0.0;
    for (var i = 0u; i < 256u; i++) {
      total += share_sums[i];
    }
    let goal = total * uniform_number(manner.key, manner.counter);
    var running = 0.0;
    var at = 0u;
    while (at < 255u && running + share_sums[at] <= goal) {
      running += share_sums[at];
      at++;
    }
    // Rounding may leave the goal unreached at the end of a share: then its last kept id it is.
    for (var id = at * share; id < min((at + 1u) * share, params.columns); id++) {
      let logit = logits[row.start + id];
      if (id != row.barred && is_kept(sort_key(logit), id, cut)) {
        chosen = id;
        running += weight(logit, row);
        if (running > goal) {
          break;
        }
      }
    }
  }
  workgroupBarrier();
  return chosen;
}

struct Drawn {
  id: u32,
  logarithm: u32, // its bits
}

// By the bits, as no comparison need know a NaN.
fn is_broken(x: f32) -> bool {
  let bits = bitcast<u32>(x);
  return bits == 0x7f800000u || (bits & 0x7fffffffu) > 0x7f800000u;
}

// Draws from the logits from word `start` on. The logarithm of the id's probability, or where that is not asked for how far its
// logit lies above the largest, is not finite where one of them is a NaN or infinite.
fn sample_row(local: u32, start: u32, manner: Manner) -> Drawn {
  let asked = settings[2] != 0u;
  var largest = -3.4028234e38;
  var broken = 0.0;
  for (var id = local; id < params.columns; id += 256u) {
    let logit = logits[start + id];
    largest = max(largest, logit);
    broken = max(broken, select(0.0, 1.0, is_broken(logit)));
  }
  largest = workgroup_max(local, largest);
  var most = largest; // of those that may be drawn
  if (manner.barred < params.columns) {
    most = -3.4028234e38;
    for (var id = local; id < params.columns; id += 256u) {
      if (id != manner.barred) {
        most = max(most, logits[start + id]);
      }
    }
    most = workgroup_max(local, most);
  }
  var first = params.columns - 1u; // the lowest id of the largest logit
  var levels = vec4f();
  for (var id = local; id < params.columns; id += 256u) {
    let logit = logits[start + id];
    if (logit == most && id != manner.barred) {
      first = min(first, id);
    }
    if (asked) {
      levels = cascade(levels, exp_by_parts(logit - largest), id / 256u);
    }
  }
  var sum = 0.0;
  if (asked) {
    sum = workgroup_sum(local, cascade_sum(levels));
  } else {
    broken = workgroup_max(local, broken);
  }
  var id = u32(-workgroup_max(local, -f32(first))); // exact below 2^24

  if (manner.temperature != 0.0) {
    let row = Row(start, most, manner.temperature, manner.barred);
    var cut = Cut(0u, params.columns);
    if (manner.top_k != 0u && manner.top_k < params.columns) {
      cut = shortest(local, row, cut, f32(manner.top_k), true);
    }
    if (manner.top_p < 1.0) {
      let all = sum_kept(local, row, cut, cut, false);
      cut = shortest(local, row, cut, max(manner.top_p * all, 1e-30), false); // at least one
    }
    if (local == 0u) {
      chosen = id; // where no weight is a number
    }
    id = draw(local, row, manner, cut);
  }
  let above = logits[start + id] - largest;
  if (asked) {
    return Drawn(id, bitcast<u32>(above - log_by_parts(sum)));
  }
  return Drawn(id, select(bitcast<u32>(above), 0x7fc00000u, broken > 0.0));
}
