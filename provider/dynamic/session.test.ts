// The host's process has one session for each configuration, and one place that prints.
import { configure, notify, session } from "./session";

const config = (rawConfig?: Record<string, string>) => ({
  config: { get: () => undefined, ...(rawConfig ? { rawConfig } : {}) },
});

describe("the session", () => {
  it("is there without a configuration, and is one", () => {
    expect(session()).toBe(session());
    expect(session().keyOf("region")).toBe("huaweicloud:region");
  });

  it("is shared by all that is configured the same, and closes the connections of another", async () => {
    await configure(config({ "huaweicloud:region": "cn-north-4" }));
    const first = session();
    const closed = jest.spyOn(first, "closeIdle");
    await configure(config({ "huaweicloud:region": "cn-north-4" }));
    expect(session()).toBe(first);
    expect(first.configuration().region).toBe("cn-north-4");
    expect(closed).not.toHaveBeenCalled();
    await configure(config());
    expect(session()).not.toBe(first);
    expect(closed).toHaveBeenCalledTimes(1);
    expect(session().configuration().region).toBeUndefined();
  });
});

describe("a line", () => {
  let written: string[];
  beforeEach(() => {
    written = [];
    jest.spyOn(process.stderr, "write").mockImplementation((text) => {
      written.push(String(text));
      return true;
    });
  });
  afterEach(() => jest.restoreAllMocks());

  it("is one line, as it may be shown, of four thousand characters at most", () => {
    notify("\u001b[31mone\ntwo");
    notify("no ".repeat(2000));
    expect(written).toEqual(["one two\n", expect.stringMatching(/^(no )+n?…\n$/)]);
    expect(written[1]).toHaveLength(4001);
  });

  it("is lost where standard error is closed, which ends nothing", () => {
    const guards = () => process.stderr.listenerCount("error");
    const before = guards();
    jest.isolateModules(() => {
      const fresh = jest.requireActual<typeof import("./session")>("./session");
      fresh.notify("one");
      fresh.notify("two");
    });
    expect(guards() - before).toBe(1);
    expect(process.stderr.emit("error", new Error("EPIPE"))).toBe(true);
  });
});
