// Where the engine is, as the arguments of the process say.
import { engineAddress } from "./channel";

it.each<[string[], string | undefined]>([
  [["127.0.0.1:1"], "127.0.0.1:1"],
  [["--logtostderr", "-v=9", "127.0.0.1:1"], "127.0.0.1:1"],
  [["--tracing", "http://127.0.0.1:2", "127.0.0.1:1"], "127.0.0.1:1"],
  [["--logtostderr"], undefined],
  [[], undefined],
])("of %j it is %s", (args, address) => {
  expect(engineAddress(args)).toBe(address);
});
