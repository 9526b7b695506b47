module evs-plugin-go

go 1.25

require (
	project.example/pulumi-huaweicloud-evs/sdk/go v0.0.0
	github.com/pulumi/pulumi/sdk/v3 v3.259.0
)

// The SDK: the folder `go` of `npm run sdks`, or of the release, copied beside this file. Then `go mod tidy`.
replace project.example/pulumi-huaweicloud-evs/sdk/go => ./sdks/go
