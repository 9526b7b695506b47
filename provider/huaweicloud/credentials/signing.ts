// Signs requests with an access key, by the signer of Huawei Cloud's own SDK: SDK-HMAC-SHA256.
// API reference: https://support.huaweicloud.com/intl/en-us/devg-apisign/api-sign-algorithm-002.html
import { headers as names } from "../services/wire";

/** An access key. A temporary one has a security token and a time at which it ends. */
export interface AccessKey {
  accessKey: string;
  secretKey: string;
  securityToken?: string | undefined;
  /** Milliseconds since 1970; nothing for a permanent key. */
  expiresAt?: number | undefined;
}

export interface SignableRequest {
  method: string;
  url: string;
  /** The very text that is sent; empty for none. */
  body: string;
  /** Further headers that are sent, and so are signed: names in lower case. */
  headers?: Readonly<Record<string, string>>;
}

/** The headers to send so that the request is signed, at this time (milliseconds since 1970). */
export async function sign(
  key: AccessKey,
  { method, url, body, headers = {} }: SignableRequest,
  time: number,
): Promise<Record<string, string>> {
  // Loaded here, for the SDK and what it brings along are the heavy part of this package.
  const { AKSKSigner } = await import("@huaweicloud/huaweicloud-sdk-core/auth/AKSKSigner");
  const { searchParams } = new URL(url);
  const credential = { getAk: () => key.accessKey, getSk: () => key.secretKey };
  const signed = AKSKSigner.sign(
    {
      method,
      endpoint: url,
      queryParams: Object.fromEntries(searchParams),
      headers: {
        ...headers,
        [names.signedDate]: toSdkDate(time),
        ...(key.securityToken === undefined ? {} : { [names.securityToken]: key.securityToken }),
      },
      // The signer hashes what JSON.stringify makes of it, which is how the body was made.
      ...(body === "" ? {} : { data: JSON.parse(body) }),
    } as unknown as Parameters<typeof AKSKSigner.sign>[0],
    credential as unknown as Parameters<typeof AKSKSigner.sign>[1],
  ) as Record<string, string>;
  // The transport sends these two by itself, with the values that were signed.
  const { host: _host, "content-type": _type, ...rest } = signed;
  return rest;
}

/** `20260102T030405Z` */
function toSdkDate(time: number): string {
  return new Date(time).toISOString().replace(/[-:]|\.\d{3}/g, "");
}
