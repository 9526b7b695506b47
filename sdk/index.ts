// What programs import from "pulumi-huaweicloud-evs": every public name, listed.

export type { AssumeRole } from "../provider/target";
export { DefaultEncryptionKey, type DefaultEncryptionKeyArgs, type OnDelete } from "./defaultEncryptionKey";
export type { AssumeRoleArgs, TargetArgs } from "./target";
