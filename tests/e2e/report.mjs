// report.mjs HTML_DIR SHOTS_DIR: opens each made-up report as a reader would, scripts off, and says what is wrong.
// It measures; screenshots are kept for people to look at.
import { chromium } from 'playwright-core';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inPage } from './inpage.mjs';
import { shortfalls } from './contrast.mjs';

const [dir, shots] = process.argv.slice(2);
mkdirSync(shots, { recursive: true });
const wrong = [];
let checks = 0;
const check = (where, what, problems) => {
  checks++;
  for (const p of [].concat(problems)) wrong.push(`${where}: ${what}: ${p}`);
};

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-dev-shm-usage'] });

async function open(file, width, scheme) {
  // Scripts of the page are off; what this file evaluates runs beside them.
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme: scheme, javaScriptEnabled: false });
  const page = await context.newPage();
  const said = [], asked = [];
  page.on('console', (m) => said.push(`${m.type()}: ${m.text()}`));
  page.on('pageerror', (e) => said.push(String(e)));
  page.on('dialog', (d) => { said.push(`dialog: ${d.message()}`); d.dismiss(); });
  page.on('request', (r) => asked.push(r.url()));
  await page.goto(`file://${join(dir, file)}`);
  return { context, page, said, asked };
}

async function look(file, width, scheme) {
  const where = `${file} at ${width} px, ${scheme}`;
  const { context, page, said, asked } = await open(file, width, scheme);
  check(where, 'console', said);
  check(where, 'request', asked.filter((u) => !u.startsWith('file://')).concat(asked.length === 1 ? [] : [`${asked.length} requests, wanted 1`]));
  const closed = await page.evaluate(inPage.overflow);
  check(where, 'the page scrolls sideways', closed);
  await page.screenshot({ path: join(shots, `${file}-${width}-${scheme}.png`) });
  await page.evaluate(inPage.openAll);
  check(where, 'the page scrolls sideways with details open', await page.evaluate(inPage.overflow));
  check(where, 'headings', await page.evaluate(inPage.headings));
  check(where, 'landmarks', await page.evaluate(inPage.landmarks));
  check(where, 'tables', await page.evaluate(inPage.tables));
  check(where, 'graph', await page.evaluate(inPage.graph));
  check(where, 'hidden text', await page.evaluate(inPage.cutOff));
  check(where, 'contrast of tokens', shortfalls(await page.evaluate(inPage.tokens)));
  check(where, 'contrast of text', await page.evaluate(inPage.textContrast));
  await context.close();
}

async function keyboard(file) {
  const { context, page } = await open(file, 1440, 'light');
  await page.keyboard.press('Tab');
  const first = await page.evaluate(() => ({ text: document.activeElement.textContent, left: document.activeElement.getBoundingClientRect().left }));
  check(file, 'skip link', first.text.startsWith('Skip') && first.left >= 0 ? [] : [`the first Tab reaches "${first.text}" at ${first.left} px`]);
  await page.keyboard.press('Tab');
  const outline = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
  check(file, 'focus', outline === 'none' ? ['what has the focus shows nothing'] : []);
  await context.close();
}

async function print(file, format) {
  const { context, page } = await open(file, 1440, 'dark');
  await page.emulateMedia({ media: 'print' });
  check(`${file}, print`, 'details that stay closed', await page.evaluate(inPage.closedInPrint));
  check(`${file}, print`, 'paper', (await page.evaluate(inPage.tokens))['--paper'] === '#ffffff' ? [] : ['a dark scheme reaches the paper']);
  const pdf = await page.pdf({ format, printBackground: true });
  writeFileSync(join(shots, `${file}-${format}.pdf`), pdf);
  check(`${file}, print`, 'PDF', pdf.subarray(0, 5).toString() === '%PDF-' && pdf.length > 20000 ? [] : [`${pdf.length} bytes`]);
  await context.close();
}

const files = readdirSync(dir).filter((f) => f.endsWith('.html')).sort();
check('fixtures', 'files', files.length >= 4 ? [] : [`only ${files.length}`]);
for (const file of files) {
  await look(file, 1440, 'light');
  await look(file, 375, 'dark');
}
await look('clinic.html', 375, 'light');
await look('clinic.html', 1440, 'dark');
await look('clinic.html', 820, 'light');
await keyboard('clinic.html');
await print('clinic.html', 'A4');
await print('clinic.html', 'Letter');
await print('hostile.html', 'A4');
await browser.close();

for (const w of wrong.slice(0, 40)) console.error(`not ok: ${w}`);
if (wrong.length > 40) console.error(`and ${wrong.length - 40} more`);
console.log(`${checks} checks, ${wrong.length} wrong; pictures in ${shots}`);
process.exit(wrong.length > 0 ? 1 : 0);
