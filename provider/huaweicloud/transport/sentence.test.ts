import { sentence, withoutSecretsIn } from "./sentence";

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

it("takes out of the finished sentence what its parts have put together, but no short word", () => {
  expect(withoutSecretsIn("abc wxyz s3cr3t-word", ["abc", " abc ", "wxyz", "s3cr3t-word"])).toBe("abc *** ***");
  expect(withoutSecretsIn("m".repeat(5000), [])).toHaveLength(4000);
});
