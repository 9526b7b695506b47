// The stories of tests/safety.test.ts, through the plugin.
import { through } from "../harness/front";

through("plugin");
require("../safety.test");
