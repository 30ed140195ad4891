/** Signals under `--turbo`: each comes to the work once, whoever sends it and to whom, and the end is that of the work. @module */
import { shellWord } from "../../src/messages/shell_word.ts";
import { assertEquals, assertMatch } from "@std/assert";
import { python } from "../support/python.ts";
import { childOf, cwd, folder, LONG, RUN, run, SMALL, turboCommand } from "./turbo.ts";

Deno.test.afterAll(async () => await folder[Symbol.asyncDispose]());
const MAIN = decodeURIComponent(new URL("../../mod.ts", import.meta.url).pathname);
const TERMINAL = decodeURIComponent(new URL("./terminal.py", import.meta.url).pathname);
const ignore = Deno.build.os !== "linux";
const hasPython = await python("-c", "import pty, fcntl").then(() => true, () => false);

await run(["-R", "-W"], ["train", "--corpus", "song.txt", "--out", "model", ...SMALL]);
/** Has a shell tell that the second process of its job is stopped, as soon as it is; those of other tests do not count. */
const LOOK =
  "for i in {1..50}; do ps -o stat=,args= --ppid $(jobs -p) | grep child-of: | cut -c1 | grep T && break; " +
  "sleep 0.1; done";
/** A command that does not end, and does nothing about signals. */
const GENERATE = ["generate", "--model=model", "--length=1000000000", "--device=wasm", "--threads=1"];

/** A process with what it has said so far. */
interface Running {
  readonly process: Deno.ChildProcess;
  readonly texts: { stdout: string; stderr: string };
  readonly until: (text: string, where?: "stdout" | "stderr") => Promise<void>;
  readonly end: () => Promise<Deno.CommandStatus>;
}

function start(args: readonly string[]): Running {
  const options = { detached: true } as const; // a group of its own
  const process = turboCommand(["-R", "-W", RUN], [...args, "--turbo"], options).spawn();
  const texts = { stdout: "", stderr: "" };
  const collect = async (name: "stdout" | "stderr"): Promise<void> => {
    for await (const part of process[name].pipeThrough(new TextDecoderStream())) {
      texts[name] = (texts[name] + part).slice(-100_000);
    }
  };
  const both = Promise.all([collect("stdout"), collect("stderr")]);
  return {
    process,
    texts,
    until: async (text, where = "stdout") => {
      for (let i = 0; i < 3000; i++) {
        if (texts[where].includes(text)) return;
        await wait(10);
      }
      throw new Error(`It has not said ${text}: ${texts.stdout}${texts.stderr}`);
    },
    end: async () => {
      await both; // of the process that was started too
      return await process.status;
    },
  };
}

function wait(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Sends a signal to a process, or to its group. */
async function send(signal: string, to: "process" | "group", { pid }: Deno.ChildProcess): Promise<void> {
  const args = [`-${signal}`, "--", `${to === "group" ? "-" : ""}${pid}`];
  const { success } = await new Deno.Command("kill", { args }).output();
  assertEquals(success, true);
}

const CODES = { INT: 130, TERM: 143 } as const;
for (const [signal, code] of Object.entries(CODES)) {
  for (const to of ["process", "group"] as const) {
    Deno.test({
      name: `SIG${signal} to the ${to} stops a training once, and it is saved`,
      ignore,
      fn: async () => {
        const out = `stopped-${signal}-${to}`;
        const running = start(["train", "--corpus=song.txt", `--out=${out}`, ...LONG]);
        await running.until("\nrun ");
        await wait(500);
        running.process.kill("SIGSTOP"); // so that what comes to the other process by itself would be seen
        await send(signal, to, running.process);
        await wait(500);
        assertEquals(running.texts.stderr.includes("Stopping"), false);
        running.process.kill("SIGCONT");
        assertEquals(await running.end(), { success: false, code, signal: null });
        const { stdout, stderr } = running.texts;
        assertEquals(
          stderr.replaceAll(/^.*XDG_RUNTIME_DIR.*\n/gm, ""),
          "\nStopping after this step, then saving\n",
        );
        assertMatch(stdout, /\nStopped; the run is kept in .*\n.* --turbo\n$/);
      },
    });
  }
}

Deno.test({
  name: "SIGHUP without a terminal, SIGUSR1 and SIGUSR2 have it saved, and it goes on",
  ignore,
  fn: async () => {
    for (const signal of ["HUP", "USR1", "USR2"]) {
      const out = `saved-${signal}`;
      const running = start(["train", "--corpus=song.txt", `--out=${out}`, ...LONG]);
      await running.until("\nrun ");
      await wait(500);
      await send(signal, "process", running.process);
      const checkpoint = `${cwd}/${out}/checkpoint.safetensors`;
      for (let i = 0; !await Deno.stat(checkpoint).then(() => true, () => false); i++) {
        if (i > 1000) throw new Error(`SIG${signal} has nothing saved: ${running.texts.stderr}`);
        await wait(10);
      }
      await send("TERM", "process", running.process);
      assertEquals(await running.end(), { success: false, code: 143, signal: null });
    }
  },
});

Deno.test({
  name: "what ends the work by a signal ends the process that was started first by the same",
  ignore,
  fn: async () => {
    for (const [signal, code] of [["INT", 130], ["TERM", 143], ["HUP", 129], ["USR2", 140]] as const) {
      const running = start(GENERATE);
      await running.until("fa la");
      await send(signal, "process", running.process);
      assertEquals(await running.end(), { success: false, code, signal: `SIG${signal}` });
    }
    const running = start(GENERATE);
    await running.until("fa la");
    Deno.kill((await childOf(running.process.pid)).pid, "SIGKILL");
    assertEquals(await running.end(), { success: false, code: 137, signal: "SIGKILL" });
  },
});

Deno.test({
  name: "each signal is handed on once by its name, SIGUSR1 to a training alone, as SIGUSR2",
  ignore,
  fn: async () => {
    const program = `
      import { relaySignals } from "${import.meta.resolve("../../src/cli/turbo/relay.ts")}";
      const signals = ["SIGUSR1", "SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR2", "SIGCONT"];
      for (const command of ["train", "generate"]) {
        const sent = [];
        using _ = relaySignals(command, () => ({ kill: (name) => sent.push(name) }));
        for (const [index, name] of signals.entries()) {
          Deno.kill(Deno.pid, name);
          const least = command === "train" ? index + 1 : index;
          for (let i = 0; sent.length < least && i < 1000; i++) {
            await new Promise((resolve) => setTimeout(resolve, 10));
          }
        }
        console.log(sent.join(" "));
      }`;
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", `data:text/javascript,${encodeURIComponent(program)}`],
    }).output();
    const others = "SIGINT SIGTERM SIGHUP SIGQUIT SIGUSR2 SIGCONT\n";
    assertEquals(new TextDecoder().decode(stdout), `SIGUSR2 ${others}${others}`);
  },
});

/** A step of terminal.py. */
type Step =
  | { until: string }
  | { type: string }
  | { size: [rows: number, columns: number] }
  | { signal: number }
  | { wait: number }
  | { close: true };

/** Runs a program at a terminal. */
async function atTerminal(
  steps: readonly Step[],
  program: readonly string[],
): Promise<{ output: string; code: number; signal: number }> {
  const { output, ...end } = JSON.parse(await python(TERMINAL, JSON.stringify(steps), ...program));
  return { output: output.replaceAll("\r\n", "\n"), ...end };
}

const START = ["env", "-C", cwd, "NO_COLOR=1", Deno.execPath(), "run", "-R", "-W", RUN, MAIN];
const train = (out: string): string[] => [...START, "train", "--corpus=song.txt", `--out=${out}`, ...LONG];
const STOPPING = "Stopping after this step, then saving";
const count = (text: string, part: string): number => text.split(part).length - 1;

Deno.test({
  name: "Ctrl-C at a terminal stops a training once; twice, once more than once",
  ignore: ignore || !hasPython,
  fn: async () => {
    const once = await atTerminal(
      [{ until: "epoch 1/" }, { type: "\x03" }],
      [...train("typed"), "--turbo"],
    );
    assertEquals([once.code, count(once.output, STOPPING), count(once.output, "Still saving")], [130, 1, 0]);
    assertMatch(once.output, /\nStopped; the run is kept in typed; /);
    const thrice = await atTerminal([
      { until: "epoch 1/" },
      { type: "\x03" },
      { type: "\x03" },
      { type: "\x03" },
    ], [...train("thrice"), "--turbo"]);
    assertEquals([thrice.code, count(thrice.output, STOPPING) <= 1], [130, true]);
    const generating = await atTerminal([{ until: "fa la" }, { type: "\x03" }], [
      ...START,
      ...GENERATE,
      "--turbo",
    ]);
    assertEquals([generating.code, generating.signal], [0, 2]);
  },
});

Deno.test({
  name: "a signal to the process alone comes once at a terminal too, and SIGHUP stops there",
  ignore: ignore || !hasPython,
  fn: async () => {
    for (const [number, code] of [[2, 130], [15, 143], [1, 129]] as const) {
      const steps = [{ until: "epoch 1/" }, { signal: number }];
      const { output, ...end } = await atTerminal(steps, [...train(`alone${number}`), "--turbo"]);
      assertEquals([end.code, count(output, STOPPING), count(output, "Still")], [code, 1, 0], output);
    }
  },
});

Deno.test({
  name: "a terminal that closes stops a training, which is saved",
  ignore: ignore || !hasPython,
  fn: async () => {
    const { code } = await atTerminal([{ until: "epoch 1/" }, { close: true }], [
      ...train("closed"),
      "--turbo",
    ]);
    assertEquals(code, 129);
    const again = await run(["-R", "-W"], ["train", "--resume", "closed", "--time-budget", "0.1s"]);
    assertEquals([again.code, again.stderr], [0, ""]);
  },
});

Deno.test({
  name: "the line that lives heeds the terminal's size, and a text may be typed",
  ignore: ignore || !hasPython,
  fn: async () => {
    const { output, code } = await atTerminal([
      { size: [24, 60] },
      { wait: 1 },
      { type: "fa la re mi fa la re mi fa la re mi fa la\n\x04" },
      { until: "epoch 1/" },
      { size: [24, 17] },
      { wait: 1 },
      { until: "\r" },
      { type: "\x03" },
    ], [...train("typing").map((word) => word.replace("song.txt", "-")), "--turbo"]);
    assertEquals(code, 130);
    assertMatch(output, /\ncorpus {2}standard input: 42 characters, /);
    const lives = output.split("\r").filter((part) => part.startsWith("epoch "));
    const widths = lives.map((part) => part.split("\x1b[K")[0]!.length);
    assertEquals([widths[0]! > 40, widths.at(-1)], [true, 16], output);
  },
});

Deno.test({
  name: "Ctrl-Z stops the work too, and fg has it go on",
  ignore: ignore || !hasPython,
  fn: async () => {
    const words = [...train("paused"), "--turbo"].map((word) => shellWord(word)).join(" ");
    const { output, code } = await atTerminal([
      { type: `PS1='ready> '; ${words}\n` },
      { until: "epoch 1/" },
      { type: "\x1a" },
      { until: "Stopped" },
      { until: "ready> " },
      { type: `${LOOK}; echo looked\n` },
      { until: "\nlooked" },
      { type: "fg\n" },
      { until: "\repoch" },
      { until: "\repoch" },
      { type: "\x03" },
      { until: "to go on with it" },
      { until: "ready> " },
      { type: "exit $?\n" },
    ], ["bash", "--norc", "--noediting", "-i"]);
    assertMatch(output, /\nT\nlooked\n/);
    assertEquals([code, count(output, STOPPING), count(output, "Still")], [130, 1, 0], output);
  },
});
