// Arguments that say which project a resource or function is about: plain types, which need nothing but Pulumi's.
import type * as pulumi from "@pulumi/pulumi";

/** What destroying a resource does: back to the service's default, or to what was found when the resource was created. */
export type OnDelete = "reset" | "restore";

/** An agency of another account to act as. Give exactly one of `domainName` and `domainId`. */
export interface AssumeRoleArgs {
  /** Name of the agency, in the account that owns it. */
  agencyName: pulumi.Input<string>;
  /** Name of the account that owns the agency. */
  domainName?: pulumi.Input<string> | undefined;
  /** ID of the account that owns the agency. */
  domainId?: pulumi.Input<string> | undefined;
}

/** An agency of another account that is acted as. Exactly one of the two domain properties is given. */
export interface AssumeRole {
  /** Name of the agency, in the account that owns it. */
  agencyName: string;
  /** Name of the account that owns the agency. */
  domainName?: string | undefined;
  /** ID of the account that owns the agency. */
  domainId?: string | undefined;
}

/** The project of a region. Give `projectId` or `projectName`, or neither. */
export interface TargetArgs {
  /**
   * Region of the project, such as `cn-north-4`. A change replaces the resource.
   *
   * Default: configuration `huaweicloud:region`, then the variable `HW_REGION_NAME`.
   */
  region?: pulumi.Input<string> | undefined;
  /**
   * ID of the project: 32 characters. A change replaces the resource.
   *
   * Default: configuration `huaweicloud:projectId`, then `HW_PROJECT_ID` (both only for the configured region), else the
   * project is looked up by `projectName`.
   */
  projectId?: pulumi.Input<string> | undefined;
  /**
   * Name of the project, such as `cn-north-4_team`: looked up if there is no `projectId`. A change replaces the resource.
   *
   * Default: configuration `huaweicloud:projectName`, then `HW_PROJECT_NAME` (both only for the configured region), then
   * the region's own project, whose name is the region's.
   */
  projectName?: pulumi.Input<string> | undefined;
  /**
   * An agency of another account to act as, with the configured credentials as the trusted party. A change replaces the
   * resource, unless `projectId` is given and stays.
   *
   * Default: none; the configured credentials are used as they are.
   */
  assumeRole?: pulumi.Input<AssumeRoleArgs> | undefined;
}

/** The project that a function asks about; all properties as in the resources. */
export interface TargetFunctionArgs {
  /** Region of the project. Default: configuration `huaweicloud:region`, then the variable `HW_REGION_NAME`. */
  region?: string | undefined;
  /** ID of the project. Default: configuration `huaweicloud:projectId`, then `HW_PROJECT_ID`, else looked up by `projectName`. */
  projectId?: string | undefined;
  /** Name of the project. Default: configuration `huaweicloud:projectName`, then `HW_PROJECT_NAME`, then the region's own project. */
  projectName?: string | undefined;
  /** An agency of another account to act as. Default: none. */
  assumeRole?: AssumeRole | undefined;
}
