// Files that hold a token or a profile, and what is none.
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { readSmallFile } from "./smallFile";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "small-file-"));
const file = path.join(folder, "file");
afterAll(() => fs.rmSync(folder, { recursive: true }));

it("is read, through links too", () => {
  fs.writeFileSync(file, "a token\n");
  fs.symlinkSync(file, path.join(folder, "link"));
  expect(readSmallFile(path.join(folder, "link"))).toEqual({ text: "a token\n" });
});

it("is refused if it is large, however little of it is on the disk", () => {
  fs.writeFileSync(file, "");
  fs.truncateSync(file, 256 * 1024);
  expect(readSmallFile(file)).toEqual({ text: expect.any(String) });
  fs.truncateSync(file, 256 * 1024 + 1);
  expect(readSmallFile(file)).toEqual({ reason: "it has more than 256 kB" });
});

it("is refused if it is no file, without waiting for what a pipe may bring", () => {
  const pipe = path.join(folder, "pipe");
  execFileSync("mkfifo", [pipe]);
  expect(readSmallFile(pipe)).toEqual({ reason: "it is not a regular file" });
  expect(readSmallFile("/dev/zero")).toEqual({ reason: "it is not a regular file" });
  expect(readSmallFile(folder)).toEqual({ reason: "EISDIR" });
  expect(readSmallFile(path.join(folder, "nothing"))).toEqual({ reason: "ENOENT" });
});
