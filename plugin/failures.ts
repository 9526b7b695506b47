// Errors as gRPC has them. The engine shows the message; of a resource that exists, but is not as it should be, it records what
// the details say.
import * as grpc from "@grpc/grpc-js";
import { ErrorResourceInitFailed } from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { shown } from "../provider/huaweicloud/transport/shown";
import type { InitializationFailed } from "../provider/protocol";

/** A refusal by the protocol, such as of an unknown type. */
export class Refused extends Error {
  override readonly name = "Refused";
  constructor(
    readonly code: grpc.status,
    message: string,
  ) {
    super(message);
  }
}

/** As long as an error of the family may be. One that is not of it may quote what came from outside. */
const maxMessage = 10_000;

export function toServiceError(error: unknown): Partial<grpc.ServiceError> {
  if (error instanceof HalfMade) return error;
  const message = error instanceof Error ? error.message : String(error);
  return {
    code: error instanceof Refused ? error.code : grpc.status.UNKNOWN,
    details: shown(message, { limit: maxMessage }),
  };
}

/** What the engine records as "initialization failed". */
export class HalfMade extends Error implements Partial<grpc.ServiceError> {
  override readonly name = "HalfMade";
  readonly code = grpc.status.UNKNOWN;
  readonly details: string;
  readonly metadata = new grpc.Metadata();

  constructor(
    error: InitializationFailed,
    record: { properties: Struct; inputs: Struct; refreshesBeforeUpdate: boolean },
  ) {
    super(error.message);
    this.details = error.message;
    const detail = new ErrorResourceInitFailed()
      .setId(error.id)
      .setProperties(record.properties)
      .setInputs(record.inputs)
      .setReasonsList(error.reasons)
      .setRefreshBeforeUpdate(record.refreshesBeforeUpdate);
    const any = new Any();
    any.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
    const status = new Status();
    status.setCode(this.code);
    status.setMessage(error.message);
    status.addDetails(any);
    this.metadata.set("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
  }
}
