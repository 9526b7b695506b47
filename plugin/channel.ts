// The plugin's gRPC options: the engine runs on the same machine.

/**
 * Messages of any size, as the engine's own channels take them. The statistics of
 * channelz are off, because nothing reads them.
 */
export const channelOptions = {
  "grpc.max_receive_message_length": -1,
  "grpc.max_send_message_length": -1,
  "grpc.enable_channelz": 0,
};

/** Of the arguments of the process, the last: options of the engine, some with values, come before. */
export function engineAddress(args: readonly string[]): string | undefined {
  const last = args.at(-1);
  return last?.startsWith("-") ? undefined : last;
}
