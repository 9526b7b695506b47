// The stories of tests/defaultEncryptionKey.test.ts, through the plugin.
import { through } from "../harness/front";

through("plugin");
require("../defaultEncryptionKey.test");
