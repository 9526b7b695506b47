// What programs import from "pulumi-huaweicloud-evs": every public name, listed.
export { DefaultEncryption, type DefaultEncryptionArgs } from "./defaultEncryption";
export {
  type BaselineProject,
  type BaselineProjectArgs,
  DefaultEncryptionBaseline,
  type DefaultEncryptionBaselineArgs,
} from "./defaultEncryptionBaseline";
export { DefaultEncryptionKey, type DefaultEncryptionKeyArgs } from "./defaultEncryptionKey";
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
  type KmsKeyState,
} from "./getKmsKey";
export type { AssumeRole, AssumeRoleArgs, OnDelete, TargetArgs, TargetFunctionArgs } from "./target";
