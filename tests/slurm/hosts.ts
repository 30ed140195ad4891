/**
 * Two network namespaces as two hosts, between which ranks reach each other by TCP alone. mpirun starts the second one by
 * `ip netns exec` in place of ssh. It needs root, and Linux.
 *
 * @module
 */
import { refrain } from "../cli/spawn.ts";
import { flags, lossesOf, TEXT } from "../mpi/runs.ts";
import { launchers } from "../support/mpi.ts";
import { type Part, TRAIN } from "./part.ts";

const HOSTS = [["refrain-a", "10.83.0.1"], ["refrain-b", "10.83.0.2"]] as const;
const [[FIRST], [SECOND]] = HOSTS;
const ADDRESSES = HOSTS.map(([, address]) => address).join();
/** No memory is shared, and no process of the other host is known: but for files all is apart. */
const APART = "unshare --uts --ipc --pid --fork --mount-proc";
/** Of the run. */
const STEPS = 50;
/** Of a loss. */
const TOLERANCE = 1e-5;

/** Flags by which each mpirun takes the namespaces for hosts. */
const WAYS: Record<string, (agent: string) => string> = {
  "Open MPI": (agent) =>
    `--allow-run-as-root --host ${ADDRESSES} --mca plm_rsh_agent ${agent} --mca btl tcp,self ` +
    "--mca btl_tcp_if_include 10.83.0.0/24 --mca oob_tcp_if_include 10.83.0.0/24",
  "MPICH": (agent) => `-launcher rsh -launcher-exec ${agent} -iface ${FIRST} -hosts ${ADDRESSES}`,
};

/** Trains on a rank in each. */
export async function trainOnHosts({ cwd, say }: Part): Promise<string[]> {
  await Deno.writeTextFile(`${cwd}/text.txt`, TEXT);
  await refrain(["train", ...flags({ out: "one" })], { cwd });
  const expected = await lossesOf(`${cwd}/one`);
  const { facts } = JSON.parse(await Deno.readTextFile(`${cwd}/one/config.json`));
  const least = facts.parameters * 4 * STEPS;
  const agent = `${cwd}/agent.sh`;
  const options = 'while [ "${1#-}" != "$1" ]; do shift; done; shift'; // of ssh, and the address
  const start = `exec ip netns exec ${SECOND} ${APART} sh -c "hostname ${SECOND}; cd ${cwd}; $*"`;
  await Deno.writeTextFile(agent, `#!/bin/sh\n${options}\n${start}\n`, { mode: 0o755 });
  const failures: string[] = [];
  try {
    await makeHosts();
    for (const { name, program, flags: library } of await launchers()) {
      const run = `run-${name.replace(" ", "-")}`;
      const words = [...TRAIN.split(" "), "--distributed", "mpi", ...library, ...flags({ out: run })].join(
        " ",
      );
      const starts = `${program} ${WAYS[name]!(agent)} -n 2 ${words}`;
      const before = await sentBytes();
      const shell = `hostname ${FIRST}; cd ${cwd}; NO_COLOR=1 exec ${starts}`;
      const { code, text } = await root("ip", "netns", "exec", FIRST, ...APART.split(" "), "sh", "-c", shell);
      if (code !== 0) {
        failures.push(`${name}: code ${code}: ${text.slice(0, 1000)}`);
        continue;
      }
      const losses = await lossesOf(`${cwd}/${run}`);
      const off = Math.max(...losses.map((loss, index) => Math.abs(loss - expected[index]!)));
      const sent = await sentBytes() - before;
      const told = `${(sent / 1e6).toFixed(2)} MB from ${FIRST}, of them ${
        (least / 1e6).toFixed(2)
      } gradients`;
      say(`${name}: ${/^ranks.*$/m.exec(text)?.[0]}; ${told}; losses off by ${off.toExponential(1)}`);
      if (!(off <= TOLERANCE)) failures.push(`${name}: losses are off by ${off}`);
      if (sent < least) failures.push(`${name}: gradients went another way`);
    }
  } finally {
    for (const [host] of HOSTS) await root("ip", "netns", "delete", host);
  }
  return failures;
}

async function makeHosts(): Promise<void> {
  for (const [host] of HOSTS) await must("ip", "netns", "add", host);
  await must(
    "ip",
    "link",
    "add",
    FIRST,
    "netns",
    FIRST,
    "type",
    "veth",
    "peer",
    "name",
    SECOND,
    "netns",
    SECOND,
  );
  for (const [host, address] of HOSTS) {
    await must("ip", "-n", host, "address", "add", `${address}/24`, "dev", host);
    for (const device of ["lo", host]) await must("ip", "-n", host, "link", "set", device, "up");
  }
}

/** Bytes that the first host has sent. */
async function sentBytes(): Promise<number> {
  const { text } = await root("ip", "-n", FIRST, "-json", "-statistics", "link", "show", FIRST);
  return JSON.parse(text)[0].stats64.tx.bytes;
}

async function must(...words: string[]): Promise<void> {
  const { code, text } = await root(...words);
  if (code !== 0) throw new Error(`${words.join(" ")}: ${text}`);
}

async function root(...[program, ...args]: string[]): Promise<{ code: number; text: string }> {
  const { code, stdout, stderr } = await new Deno.Command(program!, { args }).output();
  const decoder = new TextDecoder();
  return { code, text: decoder.decode(stdout) + decoder.decode(stderr) };
}
