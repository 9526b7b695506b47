import { plainHeaders } from "./request";

it("takes headers in lower case, and as text", () => {
  expect(plainHeaders({ "X-Request-Id": "a", age: 5 })).toEqual({ "x-request-id": "a", age: "5" });
});
