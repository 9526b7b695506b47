// The version that requests name in their User-Agent. A test holds it to package.json.
export const version = "0.1.0";
