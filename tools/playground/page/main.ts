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
import { poll } from "./poll.ts";
import { runsView } from "./runs.ts";
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
    onDevice: ({ device, facts }) => tell(device, facts),
    onPlay: (answer) => {
      if (!choice.querySelector("[value='']")) choice.append(make("option", { value: "" }, say("mine")));
      choice.value = "";
      chooser.hidden = false;
      opened(answer);
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

function opened(end: Answer): void {
  if (end.kind === "error") state.textContent = say("error", { message: end.message });
  if (end.kind !== "opened") return;
  tell(end.device, end.facts);
  play.begin(end.facts.first);
  play.enable(true);
  inspect.enable(true);
}

async function open(name: string, bytes: ArrayBuffer): Promise<void> {
  state.textContent = say("opening", { name: visible(name) });
  opened(await calls.ask({ kind: "open", bytes }, { transfer: [bytes] }).end);
}

async function openRun(name: string): Promise<void> {
  state.textContent = say("opening", { name: visible(name) });
  try {
    const response = await fetchData(`/runs/${encodeURIComponent(name)}/model`);
    await open(name, await response.arrayBuffer());
  } catch (error) {
    state.textContent = error instanceof Refused ? error.message : say("noAnswer");
  }
}

async function listed({ runs }: { runs: RunFacts[] }): Promise<void> {
  views.add("runs", runsView(runs));
  const having = runs.filter(({ model }) => model !== null);
  choice.append(...having.map(({ name }) => make("option", { value: name }, visible(name))));
  choice.addEventListener("change", async () => {
    if (choice.value !== "") return await openRun(choice.value);
    opened(await calls.ask({ kind: "adopt" }).end);
  });
  if (having.length === 0) {
    state.textContent = say("noModel");
    return views.show(runs.some(({ state }) => state === "running") ? "runs" : "train");
  }
  chooser.hidden = false;
  await openRun(having[0]!.name);
}

const carried = carriedModel();
if (carried) void open(carried.name, carried.bytes);
else {
  poll<{ runs: RunFacts[] }>(() => "/runs", {
    onData: (data) => void listed(data),
    goesOn: () => false,
    onTrouble: (refused) => {
      state.textContent = troubleOf(refused);
    },
  });
}
