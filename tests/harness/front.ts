// Which front serves the resources of the stories in a test file. Files in tests/plugin/ tell the stories of a file of tests/
// once more, through the plugin: they call `through` and load that file.
export type Front = "dynamic" | "plugin";

let chosen: Front = "dynamic";

/** From here on, of this file. */
export function through(front: Front): void {
  chosen = front;
}

export function currentFront(): Front {
  return chosen;
}
