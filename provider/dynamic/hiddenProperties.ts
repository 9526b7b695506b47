// Names of the properties by which the program's side of this package talks to the host and to the provider. A file of their
// own, so that a program loads nothing else of the provider.

/** Name of the property in which the host finds the provider to run. */
export const providerProperty = "__provider";

/**
 * Name of the property by which the program says that this is a deployment, which the host does not tell. It never gets
 * past check, so neither state nor a diff has it.
 */
export const deployingProperty = "__deploying";

/**
 * Name of the property by which the program says which resource this is, which the host does not tell either. It never
 * gets past check.
 */
export const urnProperty = "__urn";
