// Products of the B rows of a step with weights of which each thread has its own columns, packed once for many steps. Several
// rows are multiplied as panels, one row as it lies: both give the same bits (one_row.ts).
import { multiplyOneRow, packVectorPanels, vectorPanels } from "./one_row";
import { LEFT, packRows, paneled, panelRows, RIGHT } from "./pack";
import { edgeTile, multiplyPanels } from "./panels";
import { share } from "./shares";
import { bytes } from "./words";

// What a thread has been given: static fields are globals of the instance, and so of the thread.
export class Share {
  static batch: u32 = 0; // B
  static panelRows: u32 = 0; // those of zeros included
  static begin: u32 = 0; // the kernel's units that are this thread's
  static end: u32 = 0;
  static edge: usize = 0;

  // For a kernel that has called freeScratch().
  static set(batch: u32, begin: u32, end: u32): void {
    Share.batch = batch;
    Share.panelRows = panelRows(batch);
    Share.begin = begin;
    Share.end = end;
    Share.edge = edgeTile();
  }

  // The first of `columns` columns that is this thread's, and how many are from there on.
  static first(columns: u32): u32 {
    return share(columns, Share.begin);
  }

  static count(columns: u32, first: u32): u32 {
    return share(columns, Share.end) - first;
  }
}

// Words of a product's left operand (B, depth) as packLeft() leaves it.
export function leftWords(depth: u32): u32 {
  return Share.panelRows * depth;
}

// Packs x (B, depth) into `panels`. One row stays where it is: leftOperand() says where a product finds it.
export function packLeft(x: usize, depth: u32, panels: usize): void {
  if (Share.batch > 1) packRows(x, depth, Share.batch, depth, LEFT, panels, depth, 0);
}

// @ts-ignore: decorator
@inline
export function leftOperand(x: usize, panels: usize): usize {
  return Share.batch > 1 ? panels : x;
}

// This thread's rows of a weight (columns, depth) as panels; gives the place behind them.
export function packWeight(weight: usize, columns: u32, depth: u32, panels: usize): usize {
  const first = Share.first(columns), count = Share.count(columns, first), own = weight + bytes(first * depth);
  if (Share.batch > 1) packRows(own, depth, count, depth, RIGHT, panels, depth, 0);
  else packVectorPanels(own, count, depth, panels);
  return panels + panelBytes(count, depth);
}

// y (B, columns), its rows ld words apart, = x weight^T in this thread's columns, or += where `accumulate`. x is a left
// operand, `panels` what packWeight() left; gives the place of the next panels.
export function multiply(x: usize, panels: usize, columns: u32, depth: u32, y: usize, ld: u32, accumulate: bool): usize {
  const first = Share.first(columns), count = Share.count(columns, first), own = y + bytes(first);
  if (Share.batch > 1) multiplyPanels(x, panels, Share.batch, count, depth, own, ld, accumulate, Share.edge);
  else multiplyOneRow(x, panels, count, depth, own, accumulate, Share.edge);
  return panels + panelBytes(count, depth);
}

function panelBytes(columns: u32, depth: u32): usize {
  return bytes(Share.batch > 1 ? paneled(columns) * depth : vectorPanels(columns, depth));
}
