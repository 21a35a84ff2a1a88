/** The part of Trusted Types (W3C) that the page uses; Safari and Firefox may lack it. */
interface Window {
  readonly trustedTypes?: {
    createPolicy(name: string, rules: { createScriptURL(input: string): string }): { createScriptURL(input: string): unknown };
  };
}
