/** Put in by the bundler: our own version, and those of the packages of bench/package.json as they are locked. */
declare const __TURNWISE__: string;
declare const __PEERS__: Readonly<Record<string, string>>;
/** Whether the app lies one folder above the page. */
declare const __BESIDE_APP__: boolean;
