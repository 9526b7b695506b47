// The plugin's connections, as they are taken.
import net from "node:net";
import * as grpc from "@grpc/grpc-js";
import { createListener } from "./listener";

it("sends each answer at once", () => {
  const create = jest.spyOn(net, "createServer");
  createListener(new grpc.Server(), () => {});
  expect(create).toHaveBeenCalledWith({ noDelay: true }, expect.any(Function));
});
