// What the package of the plugin is called: its name, and the tokens of what it has. They stand in every state, for ever.
export const packageName = "huaweicloud-evs";

export const tokens = {
  DefaultEncryptionKey: `${packageName}:index:DefaultEncryptionKey`,
  DefaultEncryption: `${packageName}:index:DefaultEncryption`,
  DefaultEncryptionBaseline: `${packageName}:index:DefaultEncryptionBaseline`,
  getDefaultEncryptionKey: `${packageName}:index:getDefaultEncryptionKey`,
  getDefaultEncryption: `${packageName}:index:getDefaultEncryption`,
  getKmsKey: `${packageName}:index:getKmsKey`,
} as const;

/** The types of the dynamic front, whose resources continue under the plugin. */
export const dynamicTypes = {
  DefaultEncryptionKey: "pulumi-nodejs:dynamic/huaweicloud/evs:DefaultEncryptionKey",
  DefaultEncryption: "pulumi-nodejs:dynamic/huaweicloud/evs:DefaultEncryption",
  DefaultEncryptionBaseline: "huaweicloud:evs:DefaultEncryptionBaseline",
} as const;
