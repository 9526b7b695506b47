// The model: random programs, commands, faults, kills and foreign hands, and after every command the invariants. `npm test`
// runs it for some seconds; `npm run model -- --runs 20000` for long.
import fc from "fast-check";
import { begin, beginning, steps } from "./commands";
import { Violation } from "./invariants";
import { useModelTime, World } from "./world";

jest.mock("node:timers/promises", () => ({ setTimeout: async () => {} }));
jest.mock("../../provider/huaweicloud/transport/retry", () => ({
  ...jest.requireActual("../../provider/huaweicloud/transport/retry"),
  delayBefore: () => 0, // the waiting is tested beside the code
}));

useModelTime();

const runs = Number(process.env.MODEL_RUNS ?? 150);
// The same programs at each `npm test`, so that a failure is the change's; `npm run model` takes new ones.
const seed = Number(process.env.MODEL_SEED ?? 11);

jest.setTimeout(24 * 3600 * 1000);

it("holds its promises, whatever happens in whatever order", async () => {
  /** The last that failed: of the smallest counterexample, when all is done. */
  let last: World | undefined;
  let count = 0;
  const property = fc.asyncProperty(beginning, steps, async (start, commands) => {
    const world = new World();
    begin(world, start);
    count += 1;
    if (count % 1000 === 0) process.stdout.write(`${count} runs\n`);
    try {
      await fc.asyncModelRun(() => ({ model: {}, real: world }), commands);
    } catch (error) {
      last = world;
      throw error;
    }
  });
  const result = await fc.check(property, {
    numRuns: runs,
    seed,
    endOnFailure: false,
  });
  process.stdout.write(`Model: ${result.numRuns} runs, ${result.failed ? 1 : 0} violations, seed ${result.seed}.\n`);
  if (!result.failed) return;
  const [start, commands] = result.counterexample ?? [];
  const { errorInstance } = result;
  throw new Error(
    [
      `${errorInstance instanceof Violation ? errorInstance.message : (errorInstance as Error).stack} (path ${result.counterexamplePath})`,
      `begins with ${JSON.stringify(start)}`,
      `commands: ${String(commands)}`,
      ...(last?.log ?? []),
    ].join("\n"),
  );
});
