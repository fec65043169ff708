// inpage.mjs: what is measured inside the page. Each function stands alone, because it is sent to the browser as text,
// and gives a list of what is wrong.
export const inPage = {
  openAll: () => document.querySelectorAll('details').forEach((d) => { d.open = true; }),

  tokens: () => {
    const style = getComputedStyle(document.documentElement), out = {};
    for (const name of ['paper', 'sheet', 'wash', 'rule', 'rule-strong', 'ink', 'soft', 'stamp', 'stamp-wash', 'gap', 'gap-wash', 'partial', 'met', 'attested',
      'unknown', 'na', 'warn-wash', 'live-wash', 'h1', 'h2', 'h3', 'h4', 'k-use', 'k-data', 'k-control', 'k-supply', 'k-trust'])
      out[`--${name}`] = style.getPropertyValue(`--${name}`).trim();
    return out;
  },

  overflow: () => {
    const root = document.documentElement, wide = root.clientWidth;
    if (root.scrollWidth <= wide) return [];
    const culprits = [...document.querySelectorAll('body *')].filter((e) => e.getBoundingClientRect().right > wide + 1 && !e.closest('.scroll'));
    return [`${root.scrollWidth} px wide in ${wide}: ${culprits.slice(0, 3).map((e) => e.outerHTML.slice(0, 80)).join(' | ')}`];
  },

  headings: () => {
    const out = [], all = [...document.querySelectorAll('h1, h2, h3, h4, h5, h6')];
    let before = 0;
    for (const h of all) {
      const level = Number(h.tagName[1]);
      if (level > before + 1) out.push(`${h.tagName} "${h.textContent.slice(0, 40)}" follows h${before}`);
      if (h.textContent.trim() === '') out.push(`an empty ${h.tagName}`);
      before = level;
    }
    if (document.querySelectorAll('h1').length !== 1) out.push('not exactly one h1');
    return out;
  },

  landmarks: () => {
    const out = [];
    for (const sel of ['main', 'nav[aria-label]', 'body > header', 'body > footer', 'a.skip[href="#main"]', 'html[lang]', 'head > title', 'meta[name=viewport]'])
      if (document.querySelectorAll(sel).length !== 1) out.push(`${sel}: ${document.querySelectorAll(sel).length}`);
    if (document.querySelector('script')) out.push('a script');
    for (const s of document.querySelectorAll('main section'))
      if (!document.getElementById(s.getAttribute('aria-labelledby'))) out.push(`section ${s.id} has no name`);
    for (const s of document.querySelectorAll('.scroll'))
      if (s.tabIndex !== 0 || !s.getAttribute('aria-label')) out.push('a box that scrolls cannot be reached with the keyboard');
    if (document.querySelectorAll('[data-outcome]').length !== 318) out.push(`${document.querySelectorAll('[data-outcome]').length} outcomes`);
    return out;
  },

  tables: () => [...document.querySelectorAll('table')].flatMap((t) => {
    const out = [];
    if (!t.caption || t.caption.textContent.trim() === '') out.push('a table without a caption');
    for (const th of t.querySelectorAll('th')) if (!th.scope) { out.push(`a th without scope: ${th.textContent.slice(0, 40)}`); break; }
    return out;
  }),

  // Boxes and labels of the graph: nothing overlaps, nothing leaves its box, nothing leaves the drawing.
  graph: () => {
    const out = [], svg = document.querySelector('.graph > svg');
    if (!svg) return document.querySelector('#inventory .empty') ? [] : ['no graph'];
    const canvas = svg.getBoundingClientRect();
    const nodes = [...svg.querySelectorAll('.node')].map((n) => ({ n, box: n.querySelector('.box').getBoundingClientRect() }));
    nodes.forEach(({ n, box }, i) => {
      if (box.left < canvas.left - 1 || box.right > canvas.right + 1 || box.top < canvas.top - 1 || box.bottom > canvas.bottom + 1) out.push('a box leaves the drawing');
      for (const text of n.querySelectorAll('text')) {
        const room = text.ownerSVGElement.getBoundingClientRect(), t = text.getBoundingClientRect();
        if (t.right > room.right + 2) out.push(`label "${text.textContent}" is ${Math.round(t.right - room.right)} px too wide`);
      }
      const [a, b] = [...n.querySelectorAll('text')].map((t) => t.getBoundingClientRect());
      if (a && b && a.bottom > b.bottom) out.push('two lines of a label overlap');
      for (const other of nodes.slice(i + 1)) {
        const o = other.box;
        if (box.left < o.right && o.left < box.right && box.top < o.bottom && o.top < box.bottom)
          out.push(`"${n.textContent.slice(0, 30)}" overlaps "${other.n.textContent.slice(0, 30)}"`);
      }
    });
    if (!svg.querySelector('title') || !svg.querySelector('desc')) out.push('no title or description');
    return out;
  },

  // Text that is cut off by its own box, outside of boxes that scroll. Six pixels are the padding of inline code.
  cutOff: () => [...document.querySelectorAll('main p, main dd, main td, main th, main li, main h2, main h3, main h4, main code, .masthead *')]
    .filter((e) => !e.closest('svg') && !e.closest('.scroll') && e.scrollWidth > e.clientWidth + 6 && getComputedStyle(e).display !== 'inline' && e.clientWidth > 1)
    .filter((e) => !e.closest('caption, thead'))
    .slice(0, 3).map((e) => `${e.tagName}.${e.className} ${e.scrollWidth} in ${e.clientWidth}: ${e.textContent.slice(0, 40)}`),

  closedInPrint: () => [...document.querySelectorAll('details')]
    .filter((d) => [...d.children].some((c) => c.tagName !== 'SUMMARY' && (c.getBoundingClientRect().height === 0 || !c.checkVisibility({ contentVisibilityAuto: true }))))
    .slice(0, 3).map((d) => d.textContent.slice(0, 60)),

  // What is really drawn: each text against the first solid ground behind it.
  textContrast: () => {
    const parse = (c) => (c.match(/[\d.]+/g) ?? []).map(Number);
    const lum = ([r, g, b]) => [r, g, b].map((v) => ((v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)).reduce((s, v, i) => s + v * [0.2126, 0.7152, 0.0722][i], 0);
    const ground = (e) => {
      for (let at = e; at; at = at.parentElement) {
        const c = parse(getComputedStyle(at).backgroundColor);
        if (c.length === 3 || c[3] === 1) return c;
      }
      return parse(getComputedStyle(document.body).backgroundColor);
    };
    const seen = new Set(), out = [];
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
      const e = walk.currentNode.parentElement;
      if (!walk.currentNode.data.trim() || e.closest('svg') || e.closest('style')) continue;
      const s = getComputedStyle(e), fg = parse(s.color), bg = ground(e), key = `${fg}|${bg}|${s.fontSize}`;
      if (seen.has(key)) continue;
      seen.add(key);
      const [hi, lo] = [lum(fg), lum(bg)].sort((x, y) => y - x), ratio = (hi + 0.05) / (lo + 0.05);
      if (ratio < 4.5) out.push(`${ratio.toFixed(2)} for "${walk.currentNode.data.trim().slice(0, 30)}" (${e.tagName}.${e.className})`);
    }
    return out;
  },
};
