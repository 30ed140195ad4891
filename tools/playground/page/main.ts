/**
 * The playground's page: what it shows is made here, so that its markup is the same for a server and a file.
 *
 * @module
 */
import { visible } from "../../../src/messages/visible.ts";
import { numberText } from "../../../src/report/numbers.ts";
import type { RunFacts } from "../../../src/serve/runs.ts";
import { make } from "../../page/elements.ts";
import { carriedModel } from "../place.ts";
import type { Answer, DeviceFacts, ModelFacts } from "../protocol.ts";
import { Calls } from "./calls.ts";
import { inspectView } from "./inspect.ts";
import { playView } from "./play.ts";
import { poll, SLOW_BEAT } from "./poll.ts";
import { type RunsView, runsView } from "./runs.ts";
import { fetchData, Refused, troubleOf } from "./server.ts";
import { trainView } from "./train.ts";
import { Views } from "./views.ts";
import { language, say } from "./words.ts";

document.documentElement.lang = language;
document.title = say("title");
const state = make("p", { role: "status", class: "status" });
const choice = make("select", { id: "model-choice" });
const chooser = make(
  "div",
  { class: "field wide" },
  make("label", { for: "model-choice" }, say("model")),
  choice,
);
const place = make("main");
/** The model that is open, as the choice names it. */
let shown: string | undefined;
/** Models that were asked for: the last one counts. */
let asked = 0;
const calls = new Calls((message) => {
  state.textContent = say("broken", { message });
});
const views = new Views(place);
const play = playView(calls);
const inspect = inspectView(calls);
views.add("play", play.view);
views.add("inspect", inspect.view);
views.add(
  "train",
  trainView(calls, {
    onDevice: ({ device, facts }) => {
      if (shown === undefined) tell(device, facts);
    },
    onPlay: (answer) => {
      if (!choice.querySelector("[value='']")) choice.append(make("option", { value: "" }, say("mine")));
      choice.value = "";
      chooser.hidden = false;
      asked++;
      opened("", answer);
      views.show("play");
    },
  }),
);
document.body.append(
  make("header", {}, make("h1", {}, say("title")), make("p", {}, say("lead")), chooser, state, views.nav),
  place,
);
views.show("play");
chooser.hidden = true;

/** Says what the model is, and where it runs and why there. */
function tell(device: DeviceFacts, facts: ModelFacts): void {
  const { single, noGpu, threads } = device;
  const why = {
    isolated: say("whyIsolated"),
    threads: say("whyThreads"),
    secure: say("whySecure"),
    absent: say("whyAbsent"),
    software: say("whySoftware"),
  };
  const where = device.device === "webgpu"
    ? say("onGpu")
    : threads > 1
    ? say("onWasm", { threads })
    : say("onWasmOne");
  const model = say("facts", {
    kind: facts.kind.toUpperCase(),
    layers: facts.numLayers,
    size: facts.hiddenSize,
    parameters: numberText(facts.parameters, 9),
    vocabulary: numberText(facts.vocabularySize, 9),
  });
  state.textContent = [model, where, single && why[single], noGpu && why[noGpu]].filter(Boolean).join(" · ");
}

function enable(able: boolean): void {
  play.enable(able);
  inspect.enable(able);
}

function opened(name: string, end: Answer): void {
  if (end.kind === "error") failed(say("error", { message: end.message }));
  if (end.kind !== "opened") return;
  shown = name;
  tell(end.device, end.facts);
  play.begin(end.facts);
  enable(true);
}

/** Says why a model is not open: the one before still is. */
function failed(message: string): void {
  state.textContent = message;
  if (shown === undefined) return;
  choice.value = shown;
  enable(true);
}

/** Opens a model, unless another one is asked for meanwhile. */
async function open(name: string, read: () => Promise<ArrayBuffer>): Promise<void> {
  const turn = ++asked;
  enable(false);
  state.textContent = say("opening", { name: visible(name) });
  try {
    const bytes = await read();
    if (turn !== asked) return;
    const answer = await calls.ask({ kind: "open", bytes }, { transfer: [bytes] }).end;
    if (turn === asked) opened(name, answer);
  } catch (error) {
    if (turn === asked) failed(error instanceof Refused ? error.message : say("noAnswer"));
  }
}

async function adopt(): Promise<void> {
  const turn = ++asked;
  const answer = await calls.ask({ kind: "adopt" }).end;
  if (turn === asked) opened("", answer);
}

function openRun(name: string): Promise<void> {
  return open(name, async () => {
    const response = await fetchData(`/runs/${encodeURIComponent(name)}/model`);
    return await response.arrayBuffer();
  });
}

/** The runs, once the server has told them. */
let list: RunsView | undefined;

function told(runs: readonly RunFacts[]): void {
  if (list) return list.tell(runs);
  list = runsView(runs);
  views.add("runs", list.view);
  void offer(runs);
}

/** Offers the models that there are, and opens the first. */
async function offer(runs: readonly RunFacts[]): Promise<void> {
  const having = runs.filter(({ model }) => model !== null);
  choice.append(...having.map(({ name }) => make("option", { value: name }, visible(name))));
  choice.addEventListener("change", () => void (choice.value === "" ? adopt() : openRun(choice.value)));
  if (having.length === 0) {
    state.textContent = say("noModel");
    return views.show(runs.some(({ state }) => state === "running") ? "runs" : "train");
  }
  chooser.hidden = false;
  await openRun(having[0]!.name);
}

const carried = carriedModel();
if (carried) void open(carried.name, () => Promise.resolve(carried.bytes));
else {
  poll<{ runs: RunFacts[] }>(() => "/runs", {
    onData: ({ runs }) => told(runs),
    pause: () => SLOW_BEAT,
    onTrouble: (refused) => {
      if (!list) state.textContent = troubleOf(refused);
    },
  });
}
