// Certificates of the settings: refused before the first connection, by the name of the setting.
import tls from "node:tls";
import { createAgents } from "./agents";

const none = { insecure: false, ca: undefined, cert: undefined, key: undefined };

it.each([
  ["ca", "no PEM", "front:cacertFile (OS_CACERT) is not a certificate in PEM format."],
  [
    "ca",
    "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----",
    "front:cacertFile (OS_CACERT) is not a certificate in PEM format.",
  ],
  ["cert", "no PEM", "front:cert (OS_CERT) is not a certificate in PEM format."],
  ["key", "no PEM", "front:key (OS_KEY) is not the private key of front:cert in PEM format."],
])("refuses as %s what is none: %s", (name, value, message) => {
  expect(() => createAgents({ ...none, [name]: value }, (setting) => `front:${setting}`)).toThrow(message);
});

it("keeps connections open, and checks certificates unless set otherwise", () => {
  const { httpAgent, httpsAgent } = createAgents(none);
  expect(httpAgent).toMatchObject({ options: { keepAlive: true } });
  expect(httpsAgent.options).toMatchObject({ keepAlive: true });
  expect(httpsAgent.options).toMatchObject({ rejectUnauthorized: true, minVersion: "TLSv1.2" });
  expect(createAgents({ ...none, insecure: true }).httpsAgent.options.rejectUnauthorized).toBe(false);
});

it("trusts an authority besides those that everybody trusts", () => {
  const [ca = ""] = tls.rootCertificates;
  expect(createAgents({ ...none, ca }).httpsAgent.options.ca).toEqual([...tls.rootCertificates, ca]);
  expect(createAgents(none).httpsAgent.options.ca).toBeUndefined();
});

it("names a setting by its bare name unless a front has another", () => {
  expect(() => createAgents({ ...none, ca: "no PEM" })).toThrow("cacertFile (OS_CACERT) is not a certificate");
});
