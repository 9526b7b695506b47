// What a call adds to its session.
import { callOf } from "./lifecycle";
import type { Session } from "./session";

it("shows lines as about its resource, unless they say otherwise", () => {
  const notify = jest.fn();
  const call = callOf({ notify } as unknown as Session, { urn: "urn:a", phase: "preview" });
  expect(call).toMatchObject({ urn: "urn:a", phase: "preview" });
  call.notify("one");
  call.notify("two", { severity: "warning" });
  call.notify("three", { urn: "urn:b" });
  expect(notify.mock.calls).toEqual([
    ["one", { urn: "urn:a" }],
    ["two", { urn: "urn:a", severity: "warning" }],
    ["three", { urn: "urn:b" }],
  ]);
});
