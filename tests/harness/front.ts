// Which front serves the resources of the stories in a test file, and what it calls things. Files in tests/plugin/ tell the
// stories of a file of tests/ once more, through the plugin: they call `through` and load that file.
import { dynamicTypes, packageName, tokens } from "../../plugin/names";

export type Front = "dynamic" | "plugin";

let chosen: Front = "dynamic";

/** From here on, of this file. */
export function through(front: Front): void {
  chosen = front;
}

export function currentFront(): Front {
  return chosen;
}

/** The type of a resource as the engine names it. */
export function typeOf(kind: keyof typeof dynamicTypes): string {
  return chosen === "plugin" ? tokens[kind] : dynamicTypes[kind];
}

/** A setting's name in the stack's configuration, of which the plugin has a namespace of its own. */
export function settingOf(name: string, front = chosen): string {
  return front === "plugin" ? `${packageName}:${name}` : `huaweicloud:${name}`;
}

/** How the engine begins to tell what is wrong with an input: it knows the property if the front can say it. */
export function problemWith(property: string): RegExp {
  return chosen === "plugin"
    ? new RegExp(`property ${property} value \\{.*\\} has a problem: `)
    : new RegExp(` has a problem: ${property} `);
}
