// Turns at a host: how many at a time, the pause after throttling, and the way back.
import { createPacing, GivenUp, pacingByHost } from "./pacing";

beforeEach(() => jest.useFakeTimers({ now: 1_000_000 }));
afterEach(() => jest.useRealTimers());

/** Asks for so many turns, and tells in order which were given. */
function queue(pacing = createPacing()) {
  const given: string[] = [];
  const ends = new Map<string, () => void>();
  const ask = (name: string, first?: boolean) =>
    pacing.slot(first).then((end) => {
      given.push(name);
      ends.set(name, end);
    });
  const askMany = (count: number, prefix = "") => {
    for (let number = 1; number <= count; number++) ask(`${prefix}${number}`);
    return settle();
  };
  const end = (name: string) => {
    ends.get(name)?.();
    return settle();
  };
  const endAll = async () => {
    for (const [name, done] of [...ends]) {
      ends.delete(name);
      done();
    }
    await settle();
  };
  return { pacing, given, ask, askMany, end, endAll };
}

const settle = () => jest.advanceTimersByTimeAsync(0);

/** How many get a turn at once now. */
async function width(state: ReturnType<typeof queue>): Promise<number> {
  const before = state.given.length;
  await state.askMany(20, "probe ");
  const at = state.given.length - before;
  while (state.given.length < before + 20) await state.endAll();
  await state.endAll();
  return at;
}

describe("turns", () => {
  it("are 16 at a time", async () => {
    const state = queue();
    await state.askMany(20);
    expect(state.given).toHaveLength(16);
  });

  it("pass to the next in order as each ends", async () => {
    const state = queue();
    await state.askMany(18);
    await state.end("3");
    expect(state.given.slice(16)).toEqual(["17"]);
    await state.end("1");
    expect(state.given.slice(16)).toEqual(["17", "18"]);
  });

  it("go to whoever comes first before those who wait", async () => {
    const state = queue();
    await state.askMany(17);
    state.ask("urgent", true);
    await state.end("1");
    await state.end("2");
    expect(state.given.slice(16)).toEqual(["urgent", "17"]);
  });
});

describe("throttling", () => {
  it("stops all turns for the time, and halves how many go at a time", async () => {
    const state = queue();
    expect(state.pacing.throttled(() => 1500)).toBe(1500);
    await state.askMany(20);
    expect(state.given).toHaveLength(0);
    await jest.advanceTimersByTimeAsync(1499);
    expect(state.given).toHaveLength(0);
    await jest.advanceTimersByTimeAsync(1);
    expect(state.given).toHaveLength(8);
  });

  it("takes refusals of requests that were sent together for one", async () => {
    const state = queue();
    const delay = jest.fn(() => 1000);
    state.pacing.throttled(delay);
    jest.advanceTimersByTime(400);
    expect(state.pacing.throttled(delay)).toBe(600);
    expect(delay).toHaveBeenCalledTimes(1);
    jest.advanceTimersByTime(600);
    expect(await width(state)).toBe(8);
  });

  it("counts refusals on end, and forgets them with the next answer", () => {
    const { pacing } = queue();
    const strikes: number[] = [];
    const refuse = () => {
      pacing.throttled((count) => strikes.push(count));
      jest.advanceTimersByTime(1000);
    };
    refuse();
    refuse();
    refuse();
    pacing.answered();
    refuse();
    expect(strikes).toEqual([1, 2, 3, 1]);
  });

  it("never leaves less than one at a time", async () => {
    const state = queue();
    for (let count = 0; count < 8; count++) {
      state.pacing.throttled(() => 10);
      jest.advanceTimersByTime(10);
    }
    expect(await width(state)).toBe(1);
  });

  it("lets one more go after each 20 answers, up to 16", async () => {
    const state = queue();
    state.pacing.throttled(() => 10);
    jest.advanceTimersByTime(10);
    for (let count = 0; count < 19; count++) state.pacing.answered();
    expect(await width(state)).toBe(8);
    state.pacing.answered();
    expect(await width(state)).toBe(9);
    for (let count = 0; count < 1000; count++) state.pacing.answered();
    expect(await width(state)).toBe(16);
  });

  it("starts that count anew", async () => {
    const state = queue();
    for (let count = 0; count < 19; count++) state.pacing.answered();
    state.pacing.throttled(() => 10);
    jest.advanceTimersByTime(10);
    state.pacing.answered();
    expect(await width(state)).toBe(8);
  });

  it("waits for the end of a pause that has grown meanwhile, with one timer", async () => {
    const state = queue();
    state.pacing.throttled(() => 100);
    await state.askMany(3);
    expect(jest.getTimerCount()).toBe(1);
    await jest.advanceTimersByTimeAsync(100);
    expect(state.given).toHaveLength(3);
    expect(jest.getTimerCount()).toBe(0);
  });
});

it("is one for each host, and apart from other hosts and ports", () => {
  const of = pacingByHost();
  const evs = of("https://evs.cn-north-4.myhuaweicloud.com/v5/a");
  expect(of("https://evs.cn-north-4.myhuaweicloud.com/v5/b?c=d")).toBe(evs);
  expect(of("https://kms.cn-north-4.myhuaweicloud.com/v5/a")).not.toBe(evs);
  expect(of("https://evs.cn-north-4.myhuaweicloud.com:8443/v5/a")).not.toBe(evs);
});

describe("a host that is of no help", () => {
  const giveUpAfterMs = 60_000;
  let time = 0;
  const pacing = () => createPacing(() => time, giveUpAfterMs);

  it.each(["silent", "unreachable", "failing", "throttling"] as const)(
    "for all its time, %s, is given up, with all that wait",
    async (why) => {
      const made = pacing();
      const ends = await Promise.all(Array.from({ length: 16 }, () => made.slot()));
      const waiting = [made.slot(), made.slot(true)].map((turn) => turn.catch((error) => error));
      time += giveUpAfterMs - 1;
      made.failed(why, "before");
      time += 1;
      made.failed(why, "what it says");
      for (const error of await Promise.all(waiting))
        expect(error).toMatchObject({ name: "GivenUp", why, afterMs: giveUpAfterMs, last: "what it says" });
      await expect(made.slot()).rejects.toBeInstanceOf(GivenUp);
      for (const end of ends) end();
    },
  );

  it("is not given up if it has answered one request meanwhile, or was not asked", async () => {
    const made = pacing();
    made.failed("silent");
    (await made.slot())();
    time += giveUpAfterMs - 1;
    made.answered();
    (await made.slot())();
    time += giveUpAfterMs - 1;
    made.failed("silent");
    (await made.slot())();
    time += 1;
    made.answered();
    made.failed("silent");
    (await made.slot())();
  });

  it("is not given up for what it did before nobody asked it for so long", async () => {
    const made = pacing();
    (await made.slot())();
    made.failed("unreachable");
    time += giveUpAfterMs;
    (await made.slot())();
    time += 1;
    made.failed("unreachable");
    (await made.slot())();
    time += giveUpAfterMs - 1;
    const last = await made.slot();
    made.failed("unreachable");
    await expect(made.slot()).rejects.toMatchObject({ afterMs: giveUpAfterMs });
    last();
  });

  it("is given up although requests to it are on their way all the time", async () => {
    const made = pacing();
    const first = await made.slot();
    time += giveUpAfterMs;
    const second = await made.slot();
    made.failed("silent");
    await expect(made.slot()).rejects.toMatchObject({ afterMs: giveUpAfterMs });
    first();
    second();
  });

  it("never gives up without a limit", async () => {
    const made = createPacing(() => time);
    (await made.slot())();
    time += 1e9;
    made.failed("silent");
    (await made.slot())();
  });
});
