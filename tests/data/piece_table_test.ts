/** Pieces are told apart by their bytes, not by their hash. @module */
import { assertEquals } from "@std/assert";
import { type Piece, PieceTable } from "../../src/data/piece_table.ts";

const encoder = new TextEncoder();
const piece = (text: string, hash: number): Piece => {
  const bytes = encoder.encode(text);
  return { bytes, begin: 0, end: bytes.length, hash };
};
const idsOf = (table: PieceTable, given: Piece): number[] => {
  const entry = table.find(given);
  return [...table.ids.subarray(table.first(entry), table.last(entry))];
};

Deno.test("pieces of one hash, and beginnings of others, have ids of their own", () => {
  const table = new PieceTable();
  const texts = ["to ", "be ", "to", "too ", "𠮷 ", "", "e"];
  texts.forEach((text, i) => table.add(piece(text, 7), Array(i).fill(i)));
  texts.forEach((text, i) => assertEquals(idsOf(table, piece(text, 7)), Array(i).fill(i)));
  assertEquals(table.find(piece("ta ", 7)), -1);
  assertEquals(table.find(piece("to ", 8)), -1);
  assertEquals(idsOf(table, { bytes: encoder.encode("not to be"), begin: 4, end: 7, hash: 7 }), []);
  assertEquals(idsOf(table, { bytes: encoder.encode("a be "), begin: 2, end: 5, hash: 7 }), [1]);
});

Deno.test("a table of pieces grows, and finds all of them", () => {
  const table = new PieceTable();
  const hash = (i: number): number => Math.imul(i % 1000, 0x9e3779b1); // five pieces each
  for (let i = 0; i < 5000; i++) table.add(piece(`piece ${i} `, hash(i)), [i, i + 1]);
  for (let i = 0; i < 5000; i++) assertEquals(idsOf(table, piece(`piece ${i} `, hash(i))), [i, i + 1]);
  assertEquals(table.find(piece("piece 5000 ", hash(5000))), -1);
});

Deno.test("a long piece is not kept", () => {
  const table = new PieceTable();
  for (const length of [64, 65]) table.add(piece("a".repeat(length), length), [0]);
  assertEquals(table.find(piece("a".repeat(64), 64)), 0);
  assertEquals(table.find(piece("a".repeat(65), 65)), -1);
});
