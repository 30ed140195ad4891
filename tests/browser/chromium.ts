/**
 * A Chromium without a window, told what to do through its DevTools protocol.
 *
 * @module
 */

/** What WebGPU needs to run on Chromium's own software adapter. */
const SOFTWARE_WEBGPU: readonly string[] = [
  "--enable-unsafe-webgpu",
  "--use-webgpu-adapter=swiftshader",
  "--enable-features=Vulkan",
];

/** A page of it: a tab of its window. */
export interface Tab {
  /** Evaluates an expression there; a promise is waited for. What it gives must be plain data. */
  evaluate(expression: string): Promise<unknown>;
  /** Clicks on it, and waits until that is heard. */
  click(): Promise<void>;
  /** Calls a method of the protocol there. */
  send<R>(method: string, params?: object): Promise<R>;
}

/** A running Chromium. */
export interface Chromium {
  /** Its version, in words. */
  readonly version: string;
  /** Opens an address in a new tab, which is in front, and waits until its scripts have run. */
  open(url: string): Promise<Tab>;
  /** Ends it. */
  close(): Promise<void>;
}

/** The flags with which run.ts and this start one. */
export function chromiumFlags(profile: string): string[] {
  const root = Deno.build.os === "linux" && Deno.uid() === 0;
  return [
    "--headless=new",
    `--user-data-dir=${profile}`,
    ...(root ? ["--no-sandbox"] : []),
    ...SOFTWARE_WEBGPU,
  ];
}

/**
 * Starts one.
 *
 * @param program Its path or name.
 * @param folder Where its profile is put.
 * @param flags More flags.
 */
export async function startChromium(
  program: string,
  folder: string,
  flags: readonly string[] = [],
): Promise<Chromium> {
  const profile = await Deno.makeTempDir({ dir: folder });
  const args = [...chromiumFlags(profile), "--remote-debugging-port=0", ...flags, "about:blank"];
  const process = new Deno.Command(program, { args, stdout: "null", stderr: "null" }).spawn();
  const end = async (): Promise<void> => {
    try {
      process.kill();
    } catch {
      // It has ended by itself.
    }
    await process.status;
    await removeProfile(profile);
  };
  try {
    const gone = process.status.then(({ code }): never => {
      throw new Error(`Cannot start Chromium: ${program} ended with ${code}`);
    });
    const protocol = await connect(await Promise.race([debuggerOf(profile), gone]));
    gone.catch(() => protocol.close()); // what waits for an answer then fails
    const { product } = await protocol.send<{ product: string }>("Browser.getVersion");
    return {
      version: product,
      open: (url) => openTab(protocol, url),
      async close(): Promise<void> {
        protocol.close();
        await end();
      },
    };
  } catch (error) {
    await end();
    throw error;
  }
}

/** Processes of Chromium that outlive the first one for a moment still write into the profile. */
async function removeProfile(profile: string): Promise<void> {
  for (let tries = 0; tries < 50; tries++) {
    const left = await Deno.remove(profile, { recursive: true }).then(() => false, () => true);
    if (!left) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Chromium writes into its profile where it listens. */
async function debuggerOf(profile: string): Promise<string> {
  for (let tries = 0; tries < 600; tries++) {
    const text = await Deno.readTextFile(`${profile}/DevToolsActivePort`).catch(() => "");
    const [port, path] = text.split("\n");
    if (path) return `ws://127.0.0.1:${port}${path}`;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("Cannot start Chromium: it does not listen after 60 s");
}

interface Protocol {
  /** Whether nothing is answered any more. */
  closed(): boolean;
  send<R>(method: string, params?: object, session?: string): Promise<R>;
  close(): void;
}

async function connect(address: string): Promise<Protocol> {
  const socket = new WebSocket(address);
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  let calls = 0;
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onerror = reject;
  });
  socket.onmessage = ({ data }): void => {
    const { id, result, error } = JSON.parse(data);
    const call = waiting.get(id);
    waiting.delete(id);
    if (error) call?.reject(new Error(error.message));
    else call?.resolve(result);
  };
  socket.onclose = (): void => {
    for (const { reject } of waiting.values()) reject(new Error("Chromium has ended"));
  };
  const closed = (): boolean => socket.readyState !== WebSocket.OPEN;
  return {
    closed,
    send<R>(method: string, params = {}, sessionId?: string): Promise<R> {
      if (closed()) return Promise.reject(new Error("Chromium has ended"));
      const id = ++calls;
      const call = Promise.withResolvers<unknown>();
      waiting.set(id, call);
      socket.send(JSON.stringify({ id, method, params, sessionId }));
      return call.promise as Promise<R>;
    },
    close: () => socket.close(),
  };
}

async function openTab(protocol: Protocol, url: string): Promise<Tab> {
  const { targetId } = await protocol.send<{ targetId: string }>("Target.createTarget", { url });
  const attach = { targetId, flatten: true };
  const { sessionId } = await protocol.send<{ sessionId: string }>("Target.attachToTarget", attach);
  const tab: Tab = {
    async evaluate(expression: string): Promise<unknown> {
      const params = { expression, awaitPromise: true, returnByValue: true };
      const { result, exceptionDetails } = await protocol.send<{
        result: { value?: unknown };
        exceptionDetails?: { text: string; exception?: { description?: string } };
      }>("Runtime.evaluate", params, sessionId);
      if (!exceptionDetails) return result.value;
      throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    },
    send: (method, params) => protocol.send(method, params, sessionId),
    async click(): Promise<void> {
      for (const type of ["mousePressed", "mouseReleased"]) {
        const params = { type, x: 10, y: 10, button: "left", clickCount: 1 };
        await protocol.send("Input.dispatchMouseEvent", params, sessionId);
      }
    },
  };
  const loaded = `location.href !== "about:blank" && document.readyState === "complete"`;
  // While it goes from one page to the next, there is nothing that could tell.
  while (!await tab.evaluate(loaded).catch(() => false)) {
    if (protocol.closed()) throw new Error(`Cannot open ${url}: Chromium has ended`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return tab;
}
