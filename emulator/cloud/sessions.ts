// Tokens and temporary access keys: issued, looked up, ended.

import { accessKeyId, randomHex, randomToken } from "./ids";
import type { Principal, TemporaryKey, Token } from "./state";

export class Sessions {
  readonly #tokens = new Map<string, Token>();
  readonly #temporaryKeys = new Map<string, TemporaryKey>();
  readonly #metadataTokens = new Map<string, number>();
  readonly #changed: () => void;

  constructor(tokens: Token[], temporaryKeys: TemporaryKey[], changed: () => void) {
    for (const token of tokens) this.#tokens.set(token.value, token);
    for (const key of temporaryKeys) this.#temporaryKeys.set(key.accessKey, key);
    this.#changed = changed;
  }

  issueToken(token: Omit<Token, "value">): Token {
    const issued = { ...token, value: randomToken(700) };
    this.#tokens.set(issued.value, issued);
    this.#changed();
    return issued;
  }

  token(value: string): Token | undefined {
    return this.#tokens.get(value);
  }

  issueTemporaryKey(principal: Principal, expiresAt: number): TemporaryKey {
    const key = {
      accessKey: accessKeyId("temporary", randomHex(16)),
      secretKey: randomHex(20),
      securityToken: randomToken(300),
      principal,
      expiresAt,
    };
    this.#temporaryKeys.set(key.accessKey, key);
    this.#changed();
    return key;
  }

  temporaryKey(accessKey: string): TemporaryKey | undefined {
    return this.#temporaryKeys.get(accessKey);
  }

  revokeToken(value: string): void {
    if (this.#tokens.delete(value)) this.#changed();
  }

  /** Ends all tokens, or those of one principal. Temporary keys stay valid, as in the real cloud. */
  revokeTokens(principalId?: string): void {
    for (const [value, token] of this.#tokens)
      if (principalId === undefined || token.principal.id === principalId) this.#tokens.delete(value);
    this.#changed();
  }

  revokeTemporaryKeys(): void {
    this.#temporaryKeys.clear();
    this.#changed();
  }

  /** Tokens of the hardened instance metadata live in memory only. */
  issueMetadataToken(expiresAt: number): string {
    const value = randomToken(60);
    this.#metadataTokens.set(value, expiresAt);
    return value;
  }

  isMetadataToken(value: string, now: number): boolean {
    return (this.#metadataTokens.get(value) ?? 0) > now;
  }

  snapshot(now: number): { tokens: Token[]; temporaryKeys: TemporaryKey[] } {
    return {
      tokens: [...this.#tokens.values()].filter((token) => token.expiresAt > now),
      temporaryKeys: [...this.#temporaryKeys.values()].filter((key) => key.expiresAt > now),
    };
  }
}
