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
