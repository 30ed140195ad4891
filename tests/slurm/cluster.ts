/**
 * A Slurm of one node in a folder of its own: munged, slurmctld and slurmd, started without systemd and ended with it.
 *
 * @module
 */

/** A job as the controller knows it. */
export interface Job {
  readonly state: string;
  /** How often it was requeued. */
  readonly restarts: number;
  readonly exitCode: string;
}

/** Seconds for which anything here may take longer than it should. */
const PATIENCE = 120;

/** Seconds that a daemon may take to start. */
const START = 20;

/** Which daemon writes which log. */
const LOGS = ["munged", "slurmctld", "slurmd"] as const;

/** A Slurm of one node. */
export class Cluster implements AsyncDisposable {
  readonly #path: string;
  readonly #daemons: Deno.ChildProcess[] = [];

  private constructor(path: string) {
    this.#path = path;
  }

  /**
   * Starts the daemons, and waits for the node.
   *
   * @param path A folder for what they keep.
   * @param cpus How many processors the node says that it has.
   */
  static async start(path: string, cpus: number): Promise<Cluster> {
    const cluster = new Cluster(path);
    try {
      await cluster.#start(cpus);
    } catch (cause) {
      await cluster[Symbol.asyncDispose]();
      throw new Error(`Slurm does not start:\n${await cluster.logs()}`, { cause });
    }
    return cluster;
  }

  async #start(cpus: number): Promise<void> {
    const path = this.#path;
    for (const name of ["munge", "state", "spool", "logs"]) await Deno.mkdir(`${path}/${name}`);
    await Deno.chmod(path, 0o755); // munged looks at who may change the folders above its own
    await Deno.chmod(`${path}/munge`, 0o711);
    const key = `${path}/munge/key`;
    await Deno.writeFile(key, crypto.getRandomValues(new Uint8Array(128)), { mode: 0o600 });
    await Deno.writeTextFile(`${path}/slurm.conf`, await configuration(path, cpus));
    const munge = ["key-file", "socket", "pid-file", "seed-file"].map((name) =>
      `--${name}=${path}/munge/${name === "key-file" ? "key" : name}`
    );
    await this.#spawn("munged", ["--foreground", "--force", ...munge]);
    await until("munged", () => exists(`${path}/munge/socket`), START);
    await this.#spawn("slurmctld", ["-D", "-f", `${path}/slurm.conf`]);
    await this.#spawn("slurmd", ["-D", "-f", `${path}/slurm.conf`, "-N", "node"]);
    await until("the node", async () => (await this.ask("sinfo", "-h", "-o", "%T")).includes("idle"), START);
  }

  async #spawn(name: typeof LOGS[number], args: readonly string[]): Promise<void> {
    const log = await Deno.open(`${this.#path}/logs/${name}`, { create: true, append: true });
    const program = await programOf(name);
    const child = new Deno.Command(program, { args: [...args], stdout: "null", stderr: "piped" }).spawn();
    void child.stderr.pipeTo(log.writable);
    this.#daemons.push(child);
  }

  /** Variables by which Slurm's programs find it. */
  get environment(): Record<string, string> {
    return { SLURM_CONF: `${this.#path}/slurm.conf` };
  }

  /**
   * Runs one of Slurm's programs.
   *
   * @returns What it prints.
   * @throws {Error} If it fails.
   */
  async ask(program: string, ...args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await this.run(program, args);
    if (code !== 0) throw new Error(`${program} ${args.join(" ")} failed with code ${code}: ${stderr}`);
    return stdout.trim();
  }

  /** Runs one of Slurm's programs, or waits for it in vain for two minutes. */
  async run(
    program: string,
    args: readonly string[],
    cwd: string = this.#path,
  ): Promise<{ code: number; stdout: string; stderr: string }> {
    const signal = AbortSignal.timeout(PATIENCE * 1000);
    const command = new Deno.Command(program, { args: [...args], cwd, env: this.environment, signal });
    const { code, stdout, stderr } = await command.output();
    return { code, stdout: new TextDecoder().decode(stdout), stderr: new TextDecoder().decode(stderr) };
  }

  /**
   * Submits a batch script.
   *
   * @param cwd Where it runs, and its output goes.
   * @param args Flags of sbatch and the script.
   * @returns The job's number.
   */
  async submit(cwd: string, ...args: readonly string[]): Promise<string> {
    const told = await this.ask("sbatch", "--parsable", `--chdir=${cwd}`, `--output=${cwd}/%x.out`, ...args);
    return told.split(";")[0]!;
  }

  /** What the controller knows of a job. */
  async job(id: string): Promise<Job> {
    const told = await this.ask("scontrol", "show", "--oneliner", "job", id);
    const fact = (name: string): string => new RegExp(`\\b${name}=(\\S+)`).exec(told)?.[1] ?? "";
    return { state: fact("JobState"), restarts: Number(fact("Restarts")), exitCode: fact("ExitCode") };
  }

  /**
   * Has a job begin that was requeued: Slurm would let it wait for two minutes, as what the node still tells of the start
   * before would be taken for news of the next one.
   */
  async hasten(id: string): Promise<void> {
    await until(`requeueing of job ${id}`, async () => (await this.job(id)).state === "PENDING");
    await new Promise((resolve) => setTimeout(resolve, 5000));
    await this.ask("scontrol", "update", `JobId=${id}`, "StartTime=now");
  }

  /** Waits until no job, or none of an array, is pending or running. */
  async ended(id: string, seconds: number = PATIENCE): Promise<Job> {
    const open = async (): Promise<boolean> =>
      (await this.ask("squeue", "-h", "-j", id).catch(() => "")) !== "";
    await until(`the end of job ${id}`, async () => !await open(), seconds);
    return await this.job(id);
  }

  /** What the daemons have written, its end. */
  async logs(): Promise<string> {
    const texts = LOGS.map(async (name) => {
      const text = await Deno.readTextFile(`${this.#path}/logs/${name}`).catch(() => "");
      return `${name}:\n${text.split("\n").slice(-12).join("\n")}`;
    });
    return (await Promise.all(texts)).join("\n");
  }

  /** Ends jobs and daemons. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#daemons.length === LOGS.length) {
      await this.run("scancel", ["--quiet", "--full", `--user=${await userName()}`]).catch(() => {});
      const empty = async (): Promise<boolean> => (await this.run("squeue", ["-h"])).stdout.trim() === "";
      await until("the end of all jobs", empty, 30).catch(() => {});
    }
    for (const daemon of this.#daemons.toReversed()) {
      try {
        daemon.kill("SIGTERM");
      } catch {
        // it has ended
      }
      await daemon.status;
    }
  }
}

/** What slurm.conf says: all in one folder, nothing of cgroups, and no wait that could be shorter. */
async function configuration(path: string, cpus: number): Promise<string> {
  const user = await userName();
  const [controller, node] = [freePort(), freePort()];
  const host = Deno.hostname();
  return `ClusterName=refrain
SlurmctldHost=${host}(127.0.0.1)
SlurmctldPort=${controller}
SlurmdPort=${node}
SlurmUser=${user}
SlurmdUser=${user}
AuthType=auth/munge
CredType=cred/munge
AuthInfo=socket=${path}/munge/socket
StateSaveLocation=${path}/state
SlurmdSpoolDir=${path}/spool
SlurmctldPidFile=${path}/slurmctld.pid
SlurmdPidFile=${path}/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SlurmdParameters=config_overrides
ReturnToService=2
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
SlurmctldParameters=preempt_send_user_signal
SchedulerParameters=batch_sched_delay=0,sched_interval=1,bf_interval=1
NodeName=node NodeHostname=${host} NodeAddr=127.0.0.1 CPUs=${cpus} State=UNKNOWN
PartitionName=low Nodes=node Default=YES PriorityTier=1 GraceTime=60 MaxTime=INFINITE State=UP
PartitionName=sudden Nodes=node PriorityTier=1 GraceTime=0 MaxTime=INFINITE State=UP
PartitionName=high Nodes=node PriorityTier=2 PreemptMode=OFF MaxTime=INFINITE State=UP
`;
}

/**
 * Waits for something.
 *
 * @param what Of what, for the sentence.
 * @param holds Whether it is there; it is asked ten times a second.
 * @param seconds How long to wait.
 * @throws {Error} If it does not come.
 */
export async function until(
  what: string,
  holds: () => Promise<boolean> | boolean,
  seconds: number = PATIENCE,
): Promise<void> {
  const end = performance.now() + 1000 * seconds;
  while (performance.now() < end) {
    if (await Promise.resolve(holds()).catch(() => false)) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${what} has not come in ${seconds} s`);
}

/** A daemon, which need not be on the path of one who is no administrator. */
async function programOf(name: string): Promise<string> {
  for (const folder of ["/usr/sbin", "/usr/local/sbin", "/sbin"]) {
    if (await exists(`${folder}/${name}`)) return `${folder}/${name}`;
  }
  return name;
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

async function userName(): Promise<string> {
  const { stdout } = await new Deno.Command("id", { args: ["-un"] }).output();
  return new TextDecoder().decode(stdout).trim();
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
