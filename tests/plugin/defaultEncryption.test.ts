// The stories of tests/defaultEncryption.test.ts, through the plugin.
import { through } from "../harness/front";

through("plugin");
require("../defaultEncryption.test");
