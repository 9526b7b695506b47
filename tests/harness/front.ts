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

/** For a test of what only the dynamic front does, because the host or the SDK's side of it does so. */
export const onlyDynamic: typeof it = new Proxy(it, {
  apply: (target, self, args) => Reflect.apply(chosen === "dynamic" ? target : target.skip, self, args),
  get: (target, property) => Reflect.get(chosen === "dynamic" ? target : target.skip, property),
});
