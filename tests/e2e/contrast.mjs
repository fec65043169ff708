// contrast.mjs: the contrast of every pair of colour tokens that the style sheet sets on one another (WCAG 2.2, 1.4.3
// and 1.4.11), computed from the page's own tokens in the scheme that the page is in.
export const pairs = [
  // text: at least 4.5
  ...['paper', 'sheet', 'wash', 'h1', 'h2', 'h3', 'h4', 'stamp-wash'].map((on) => ['ink', on, 4.5]),
  ...['paper', 'sheet', 'wash', 'stamp-wash'].map((on) => ['soft', on, 4.5]),
  ...['paper', 'sheet', 'stamp-wash', 'wash'].map((on) => ['stamp', on, 4.5]),
  ...['gap', 'partial', 'met', 'attested', 'unknown', 'na'].flatMap((state) => ['paper', 'sheet'].map((on) => [state, on, 4.5])),
  ['met', 'live-wash', 4.5], ['partial', 'warn-wash', 4.5], ['gap', 'gap-wash', 4.5], ['paper', 'stamp', 4.5],
  // lines and shapes that carry meaning: at least 3
  ...['k-use', 'k-data', 'k-control', 'k-supply', 'k-trust', 'rule-strong', 'gap', 'stamp'].map((line) => [line, 'sheet', 3]),
];

const channel = (v) => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
export function luminance(hex) {
  const n = parseInt(hex.slice(1), 16);
  return 0.2126 * channel(n >> 16) + 0.7152 * channel((n >> 8) & 255) + 0.0722 * channel(n & 255);
}
export function contrast(a, b) {
  const [hi, lo] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (hi + 0.05) / (lo + 0.05);
}
// tokens: {"--paper": "#fcfcfd", ...}. Gives the pairs that fall short.
export function shortfalls(tokens) {
  return pairs.flatMap(([text, on, least]) => {
    const a = tokens[`--${text}`], b = tokens[`--${on}`];
    if (!/^#[0-9a-f]{6}$/i.test(a ?? '') || !/^#[0-9a-f]{6}$/i.test(b ?? '')) return [`--${text} on --${on}: no such token`];
    const ratio = contrast(a, b);
    return ratio < least ? [`--${text} ${a} on --${on} ${b}: ${ratio.toFixed(2)}, wanted ${least}`] : [];
  });
}
