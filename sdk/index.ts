// What programs import from "pulumi-huaweicloud-evs": every public name, listed.
export type { AssumeRole } from "../provider/target";
export { DefaultEncryption, type DefaultEncryptionArgs } from "./defaultEncryption";
export {
  type BaselineProject,
  type BaselineProjectArgs,
  DefaultEncryptionBaseline,
  type DefaultEncryptionBaselineArgs,
} from "./defaultEncryptionBaseline";
export { DefaultEncryptionKey, type DefaultEncryptionKeyArgs } from "./defaultEncryptionKey";
export type { TargetFunctionArgs } from "./functionConnection";
export {
  type GetDefaultEncryptionResult,
  getDefaultEncryption,
  getDefaultEncryptionOutput,
} from "./getDefaultEncryption";
export {
  type GetDefaultEncryptionKeyResult,
  getDefaultEncryptionKey,
  getDefaultEncryptionKeyOutput,
} from "./getDefaultEncryptionKey";
export {
  type GetKmsKeyArgs,
  type GetKmsKeyOutputArgs,
  type GetKmsKeyResult,
  getKmsKey,
  getKmsKeyOutput,
} from "./getKmsKey";
export type { AssumeRoleArgs, OnDelete, TargetArgs } from "./target";
