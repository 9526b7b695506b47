"""New EVS disks are encrypted, with your key, in two regions of one account and in one of another.

pulumi plugin install resource huaweicloud-evs VERSION -f TARBALL
pulumi config set keyAlias app-disks
pulumi config set partnerAccessKey …
pulumi config set --secret partnerSecretKey …
pulumi up
"""

import pulumi
import pulumi_huaweicloud_evs as evs

config = pulumi.Config()
alias = config.require("keyAlias")

key_ids = {}
for region in ["cn-north-4", "ap-southeast-3"]:
    encryption = evs.DefaultEncryption(f"encryption-{region}", region=region)
    # The first time it is switched on, the service picks its own key: so the key comes after the switch.
    key = evs.DefaultEncryptionKey(
        f"key-{region}",
        region=region,
        # Keys are regional: each region has its own of this alias.
        kms_key_id=evs.get_kms_key_output(region=region, alias=alias).key_id,
        opts=pulumi.ResourceOptions(depends_on=[encryption]),
    )
    key_ids[region] = key.kms_key_id

# Another account has a provider of its own: with its own credentials, and its own region.
partner = evs.Provider(
    "partner",
    region="cn-north-4",
    access_key=config.require("partnerAccessKey"),
    secret_key=config.require_secret("partnerSecretKey"),
)
encryption = evs.DefaultEncryption("encryption-partner", opts=pulumi.ResourceOptions(provider=partner))
key = evs.DefaultEncryptionKey(
    "key-partner",
    kms_key_id=evs.get_kms_key_output(alias=alias, opts=pulumi.InvokeOutputOptions(provider=partner)).key_id,
    opts=pulumi.ResourceOptions(provider=partner, depends_on=[encryption]),
)
key_ids["partner"] = key.kms_key_id

pulumi.export("kmsKeyIds", key_ids)
