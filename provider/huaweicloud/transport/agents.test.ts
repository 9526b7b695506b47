// Certificates of the settings: refused before the first connection, by the name of the setting.
import tls from "node:tls";
import { createAgents } from "./agents";

const none = { insecure: false, ca: undefined, cert: undefined, key: undefined };

it.each([
  ["ca", "no PEM", "front:cacertFile (OS_CACERT) does not hold a certificate in PEM form."],
  [
    "ca",
    "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----",
    "front:cacertFile (OS_CACERT) does not hold a certificate in PEM form.",
  ],
  ["cert", "no PEM", "front:cert (OS_CERT) does not hold a certificate in PEM form."],
  ["key", "no PEM", "front:key (OS_KEY) does not hold the private key of front:cert in PEM form."],
])("refuses as %s what is none: %s", (name, value, message) => {
  expect(() => createAgents({ ...none, [name]: value }, (setting) => `front:${setting}`)).toThrow(message);
});

it("keeps connections open, and checks certificates unless told not to", () => {
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
