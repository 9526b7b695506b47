// What an error may quote of an answer: no secret that was sent, in no spelling, and nothing that looks like one that was issued.

/** The text without these texts, also as JSON and URLs spell them. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  return secrets
    .flatMap(spellings)
    .filter((spelling) => spelling !== "")
    .sort((one, other) => other.length - one.length) // a spelling may be a part of another
    .reduce((shown, spelling) => shown.replaceAll(spelling, "***"), text);
}

/** A service may quote a request's body, which is JSON, in words of its own, which are JSON again. */
function spellings(secret: string): string[] {
  const quoted = inJson(secret);
  const plain = [secret, quoted, inJson(quoted)];
  return [...new Set([...plain, ...plain.map((spelling) => encodeURIComponent(spelling))])];
}

const inJson = (text: string): string => JSON.stringify(text).slice(1, -1);

/** For words of an unknown origin: tokens, keys and the like are long and have no spaces. */
export function withoutLongWords(text: string): string {
  return text.replace(/[\w+/=-]{32,}/g, "***");
}
