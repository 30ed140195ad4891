/** What onnxruntime-node answers: `node judge_node.js FOLDER`, in which the package is installed. @module */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import process from "node:process";
import { judged } from "./judge.js";

const [, , folder] = process.argv;
const ort = createRequire(`${folder}/`)("onnxruntime-node");
const runs = JSON.parse(await readFile(`${folder}/exports_onnx.json`, "utf8"));
console.log(JSON.stringify(await judged(ort, runs, (file) => readFile(`${folder}/${file}`))));
