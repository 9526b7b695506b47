// What this process has sent is kept for everything that it shows: compiled once, bounded, and the newest stays.
import { Call } from "./call";
import { ConfigurationError } from "./errors";
import { KnownSecrets, knownSecrets } from "./knownSecrets";
import * as redaction from "./redaction";
import { shown } from "./shown";

afterEach(() => knownSecrets.clear());

const context = { action: "reading", region: "r" };
const request = { method: "GET" as const, url: "https://iam.example/v3", context };
const without = (text: string, secrets: KnownSecrets) => redaction.withoutSecrets(text, [], text.length, secrets.forms);

describe("a secret of one call", () => {
  it("is in nothing that is shown later, however it is spelled", () => {
    new Call({ ...request, secrets: ["planted-p4ss=word/1"] }, 1, 0);
    for (const spelled of ["planted-p4ss=word/1", "planted-p4ss\\u003dword\\/1", "planted-p4ss%3Dword%2F1"]) {
      expect(shown(`got ${spelled} !`)).toBe("got *** !");
      expect(new ConfigurationError(`got ${spelled} !`).message).toBe("got *** !");
    }
    const header = Buffer.from("user:planted-p4ss=word/1").toString("base64");
    expect(shown(`Basic ${header}`)).not.toContain(header.slice(8, -6));
  });

  it("is kept also if it authorizes a try; a signature is not, because it serves that one alone", async () => {
    const headers = { Authorization: "SDK-HMAC-SHA256 Access=AKIDOFTHETEST, Signature=0123456789abcdef" };
    const secrets = ["AKIDOFTHETEST", headers.Authorization, "0123456789abcdef"];
    const call = new Call({ ...request, authorize: async () => ({ headers, secrets }) }, 1, 0);
    await call.authorize();
    expect([...call.secrets]).toEqual(secrets);
    expect(shown("AKIDOFTHETEST and 0123456789abcdef")).toBe("*** and 0123456789abcdef");
  });

  it("is kept if a header holds it alone", async () => {
    const authorize = async () => ({ headers: { Authorization: "the-pods-token" }, secrets: ["the-pods-token"] });
    await new Call({ ...request, authorize }, 1, 0).authorize();
    expect(shown("the-pods-token")).toBe("***");
  });
});

describe("what is known", () => {
  it("is nothing at first, and nothing once it is cleared", () => {
    const known = new KnownSecrets();
    expect(without("s3cret-one", known)).toBe("s3cret-one");
    known.add("s3cret-one");
    expect(without("s3cret-one", known)).toBe("***");
    known.clear();
    expect(without("s3cret-one", known)).toBe("s3cret-one");
    expect([known.forms.short.size, known.forms.parts.size]).toEqual([0, 0]);
  });

  it("has six characters at least, for others are words", () => {
    const known = new KnownSecrets();
    for (const secret of ["", "     ", "admin", " admin\n", "s3cret"]) known.add(secret);
    expect(without("admin s3cret", known)).toBe("admin ***");
  });

  it("is found side by side, each to its end", () => {
    const known = new KnownSecrets();
    known.add("first-of-the-secrets-0123");
    known.add("second-of-the-secrets-4567");
    expect(without("a first-of-the-secrets-0123 second-of-the-secrets-4567 b", known)).toBe("a *** *** b");
  });

  it("is compiled once, when something is shown", () => {
    const make = jest.fn(redaction.makeForms);
    const actual = jest.requireActual<typeof redaction>("./redaction");
    let known = new KnownSecrets();
    jest.isolateModules(() => {
      jest.doMock("./redaction", () => ({ ...actual, makeForms: make }));
      known = new (jest.requireActual<typeof import("./knownSecrets")>("./knownSecrets").KnownSecrets)();
    });
    jest.dontMock("./redaction");
    for (const secret of ["s3cret-one", "s3cret-two", "s3cret-one"]) known.add(secret);
    expect(make).not.toHaveBeenCalled();
    const { forms } = known;
    expect(known.forms).toBe(forms);
    known.add("s3cret-one");
    known.add("s3cret-three");
    expect(known.forms).toBe(forms);
    expect(make.mock.calls.map(([secret]) => secret)).toEqual(["s3cret-one", "s3cret-two", "s3cret-three"]);
  });

  it("is found whole, and in pieces of any use, also if it is as long as a token", () => {
    const token = Array.from({ length: 1200 }, (_, at) => ((at * 7919) % 99_991).toString(36)).join("");
    const known = new KnownSecrets();
    known.add(token);
    expect(without(`a ${token} b`, known)).toMatch(/^(a )?\*\*\*( b)?$/);
    for (const [from, until] of [
      [0, 64],
      [333, 397],
      [token.length - 64, token.length],
    ]) {
      expect(without(`${"-".repeat(40)}${token.slice(from, until)}`, known)).toMatch(/^-{15,40}\*\*\*$/);
    }
    expect(known.forms.parts.size).toBeLessThan(5000);
  });

  it("is bounded: what was not sent for longest goes first, and what is sent again stays", () => {
    const known = new KnownSecrets();
    const secret = (index: number) => `${(index * 7919).toString(36)}-${index}-s3cret`;
    known.add("password-1234");
    for (let index = 0; index < 2001; index += 1) {
      known.add(secret(index));
      if (index % 100 === 0) known.add("password-1234");
    }
    expect(without(`${secret(10)} ${secret(2000)}`, known)).toBe(`${secret(10)} ***`);
    // The half that was sent last.
    expect(without(`${secret(990)} ${secret(1100)} ${secret(1500)}`, known)).toBe(`${secret(990)} *** ***`);
    expect(without("password-1234", known)).toBe("***");
  });

  it("is bounded by the size of all of them, too", () => {
    const known = new KnownSecrets();
    const token = (index: number) =>
      Array.from({ length: 900 }, (_, at) => ((index * 1_000_003 + at * 7919) % 9_999_991).toString(36)).join("");
    for (let index = 0; index < 150; index += 1) {
      known.add(token(index));
      expect(known.forms.parts.size).toBeLessThanOrEqual(200_000);
    }
    expect(without(token(149), known)).toBe("***");
    expect(without(token(0), known)).toBe(token(0));
  });
});
