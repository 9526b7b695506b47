// The programs that are compared: this package and its plugin; what people write by hand today; and nothing at all, the floor.

export type Contender = "ours" | "plugin" | "minimal" | "empty";

/** One resource for each project, with the key that is given for it. */
export function program(contender: Contender): string {
  switch (contender) {
    case "empty":
      return "exports.done = true;\n";
    case "ours":
    case "plugin":
      return `
const evs = require("pulumi-huaweicloud-evs${contender === "plugin" ? "-sdk" : ""}");
for (const { region, projectId, keyId } of require(process.env.BENCH_DATA).projects) {
  new evs.DefaultEncryptionKey("key-" + projectId, { region, projectId, kmsKeyId: keyId });
}
`;
    case "minimal":
      // No validation, no retries, no refresh, a token that somebody has fetched: the PUT and nothing else.
      return `
const pulumi = require("@pulumi/pulumi");
const axios = require("axios");
const send = async (inputs) => {
  const url = process.env.HW_ENDPOINT_URL + "/v5/" + inputs.projectId + "/default-encryption/key";
  const token = require(process.env.BENCH_DATA).tokens[inputs.projectId];
  await axios.put(url, { kms_key_id: inputs.kmsKeyId }, { headers: { "X-Auth-Token": token } });
};
const provider = {
  async create(inputs) {
    await send(inputs);
    return { id: inputs.projectId, outs: inputs };
  },
  async update(id, olds, news) {
    await send(news);
    return { outs: news };
  },
};
class DefaultEncryptionKey extends pulumi.dynamic.Resource {
  constructor(name, args) {
    super(provider, name, args);
  }
}
for (const { region, projectId, keyId } of require(process.env.BENCH_DATA).projects) {
  new DefaultEncryptionKey("key-" + projectId, { region, projectId, kmsKeyId: keyId });
}
`;
  }
}
