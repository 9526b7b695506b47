import { sentence } from "./sentence";

it("puts sentences together", () => {
  const where = { action: "doing", region: "r" };
  expect(sentence(where, "it failed")).toBe("doing (r): it failed.");
  expect(sentence({ ...where, project: "p" }, "it failed", { count: 1, elapsedMs: 9 }, "Do this.")).toBe(
    "doing (project p in r): it failed. Do this.",
  );
  expect(sentence(where, "it failed", { count: 2, elapsedMs: 1234 })).toBe(
    "doing (r): it failed after 2 tries in 1.2 s.",
  );
});
