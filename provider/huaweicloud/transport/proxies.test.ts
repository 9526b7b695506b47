// What is made of the variables that name a proxy.
import { ConfigurationError } from "./errors";
import { secretsOfProxies } from "./proxies";

it.each([
  ["none", {}, []],
  ["an empty one", { HTTPS_PROXY: "" }, []],
  ["one without a login", { HTTPS_PROXY: "http://proxy.example:3128" }, []],
  ["one without a scheme", { https_proxy: "proxy.example:3128" }, []],
  ["a login", { HTTPS_PROXY: "http://u:p%40ss@proxy.example" }, ["p@ss", "u:p@ss", "dTpwQHNz"]],
  ["a password alone", { all_proxy: "http://:pass@proxy.example" }, ["pass", ":pass", "OnBhc3M="]],
  ["a token for a user", { HTTPS_PROXY: "http://t%2Fken@proxy.example" }, ["t/ken", "t/ken:", "dC9rZW46"]],
  ["an odd password", { ALL_PROXY: "http://u:%zz@proxy.example" }, ["%zz", "u:%zz", "dToleno="]],
])("%s", (_, environment, secrets) => {
  expect(secretsOfProxies(environment as Record<string, string>)).toEqual(secrets);
});

it.each(["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"])("a malformed %s is named, and not quoted", (name) => {
  const read = () => secretsOfProxies({ [name]: "http://user:pa ss@[proxy" });
  expect(read).toThrow(ConfigurationError);
  expect(read).toThrow(`${name} is not a URL: give one such as http://proxy.example:3128, or unset it.`);
});
