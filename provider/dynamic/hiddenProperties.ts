// Names of the properties by which the program's side of this package talks to the host and to the provider. A file of their
// own, so that a program loads nothing else of the provider.

/** Name of the property in which the host finds the provider to run. */
export const providerProperty = "__provider";

/** Name of the property that marks a deployment. check removes it; the host does not report it. */
export const deployingProperty = "__deploying";

/** Name of the property that carries the resource's URN. check removes it. */
export const urnProperty = "__urn";
