// Before each test file. axios asks at every request which options Node.js takes from the environment. Node.js makes that list once,
// but at each question in jest's copy of `process`: that was a twentieth of the processor time of the fault matrix.
const { allowedNodeEnvironmentFlags: value } = process;

Object.defineProperty(process, "allowedNodeEnvironmentFlags", { value, configurable: true });
