// New EVS disks are encrypted, with your key, in two regions of one account and in one of another.
//
//	pulumi plugin install resource huaweicloud-evs VERSION -f TARBALL
//	pulumi config set keyAlias app-disks
//	pulumi config set partnerAccessKey …
//	pulumi config set --secret partnerSecretKey …
//	pulumi up
package main

import (
	evs "project.example/pulumi-huaweicloud-evs/sdk/go/huaweicloudevs"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
)

func main() { pulumi.Run(program) }

func program(ctx *pulumi.Context) error {
	conf := config.New(ctx, "")
	alias := conf.Require("keyAlias")
	keyIDs := pulumi.StringMap{}

	for _, region := range []string{"cn-north-4", "ap-southeast-3"} {
		keyID, err := encrypt(ctx, region, alias, pulumi.String(region))
		if err != nil {
			return err
		}
		keyIDs[region] = keyID
	}

	// Another account has a provider of its own: with its own credentials, and its own region.
	partner, err := evs.NewProvider(ctx, "partner", &evs.ProviderArgs{
		Region:    pulumi.String("cn-north-4"),
		AccessKey: pulumi.String(conf.Require("partnerAccessKey")),
		SecretKey: conf.RequireSecret("partnerSecretKey"),
	})
	if err != nil {
		return err
	}
	keyID, err := encrypt(ctx, "partner", alias, nil, pulumi.Provider(partner))
	if err != nil {
		return err
	}
	keyIDs["partner"] = keyID

	ctx.Export("kmsKeyIds", keyIDs)
	return nil
}

// Encrypts the new disks of a region with the key of this alias; with the provider's region if none is given.
func encrypt(
	ctx *pulumi.Context, name, alias string, region pulumi.StringPtrInput, provider ...pulumi.ResourceOrInvokeOption,
) (pulumi.StringOutput, error) {
	var (
		forResources = []pulumi.ResourceOption{}
		forFunctions = []pulumi.InvokeOption{}
	)
	for _, option := range provider {
		forResources = append(forResources, option)
		forFunctions = append(forFunctions, option)
	}

	encryption, err := evs.NewDefaultEncryption(ctx, "encryption-"+name, &evs.DefaultEncryptionArgs{
		Region: region,
	}, forResources...)
	if err != nil {
		return pulumi.StringOutput{}, err
	}
	// Keys are regional: each region has its own of this alias.
	found := evs.GetKmsKeyOutput(ctx, evs.GetKmsKeyOutputArgs{
		Region: region,
		Alias:  pulumi.String(alias),
	}, forFunctions...)
	// The first time it is switched on, the service picks its own key: so the key comes after the switch.
	key, err := evs.NewDefaultEncryptionKey(ctx, "key-"+name, &evs.DefaultEncryptionKeyArgs{
		Region:   region,
		KmsKeyId: found.KeyId(),
	}, append(forResources, pulumi.DependsOn([]pulumi.Resource{encryption}))...)
	if err != nil {
		return pulumi.StringOutput{}, err
	}
	return key.KmsKeyId, nil
}
