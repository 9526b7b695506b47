// How the plugin speaks gRPC: with the engine, which runs on the same machine.

/**
 * Messages of any size, as the engine's own channels take them. What a channel notes about itself, for whoever asks it over gRPC,
 * nobody asks for here.
 */
export const channelOptions = {
  "grpc.max_receive_message_length": -1,
  "grpc.max_send_message_length": -1,
  "grpc.enable_channelz": 0,
};
