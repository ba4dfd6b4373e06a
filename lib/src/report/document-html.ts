import type { Plot } from '../plots/plot.ts';
import type { Block, ShownFigure, Span } from './document.ts';
import { escapeHtml, safeText } from './html-text.ts';
import { htmlTable } from './html-table.ts';

/** Attributes of the elements that have a look: classes of a page's style sheet, or styles where there is none. */
type Look = Readonly<
  Record<'muted' | 'good' | 'bad' | 'facts' | 'label' | 'figures' | 'figure' | 'title' | 'value' | 'detail' | 'inset', string>
>;

/** For report.html, which brings `reportStyle`. */
const pageLook: Look = {
  muted: 'class="muted"',
  good: 'class="good"',
  bad: 'class="bad"',
  facts: 'class="facts"',
  label: '',
  figures: 'class="cards"',
  figure: '',
  title: '',
  value: '',
  detail: '',
  inset: 'class="inset"',
};

const smallPrint = 'opacity:.65;font-size:85%';

/** For a cell of a notebook, in the colours of the page around it: style sheets do not survive there. */
const cardLook: Look = {
  muted: `style="${smallPrint}"`,
  good: 'style="color:#2e8540"',
  bad: 'style="color:#c0392b"',
  facts: 'style="display:grid;grid-template-columns:max-content 1fr;column-gap:1em;margin:.2em 0"',
  label: 'style="opacity:.65;font-weight:normal"',
  figures: 'style="display:flex;flex-wrap:wrap;margin:.4em 0"',
  figure: 'style="margin-right:1.6em"',
  title: `style="${smallPrint};font-weight:normal"`,
  value: 'style="margin:0;font-weight:bold"',
  detail: `style="${smallPrint};font-weight:normal"`,
  inset: 'style="margin-left:1em"',
};

const looks = { page: pageLook, card: cardLook } as const;

/** Blocks as HTML, for the page (see `reportStyle`) or for a cell of a notebook; without paths and passwords. */
export function blocksHtml(blocks: readonly Block[], look: keyof typeof looks): string {
  return blocks.map((block) => blockHtml(block, looks[look])).join('');
}

function blockHtml(block: Block, look: Look): string {
  switch (block.kind) {
    case 'heading':
      return `<h3>${safeText(block.text)}</h3>`;
    case 'sentence': {
      const inner = typeof block.text === 'string' ? safeText(block.text) : block.text.map(spanHtml).join('');
      return element('div', block.tone === undefined ? '' : look[block.tone], inner);
    }
    case 'note':
      return `<div>⚠ ${safeText(block.text)}</div>`;
    case 'facts':
      return element(
        'dl',
        look.facts,
        block.facts
          .map(([label, value]) => `${element('dt', look.label, safeText(label))}<dd style="margin:0">${safeText(value)}</dd>`)
          .join(''),
      );
    case 'figures':
      return element('dl', look.figures, block.figures.map((figure) => figureHtml(figure, look)).join(''));
    case 'list':
      return `<ul>${block.items.map((item) => `<li>${safeText(item)}</li>`).join('')}</ul>`;
    case 'table':
      return `<div class="scroll">${htmlTable(block.table, block)}</div>`;
    case 'plot':
      return plotHtml(block.name, block.plot);
    case 'preformatted':
      return `<pre>${safeText(block.text)}</pre>`;
    case 'indented':
      return element('div', look.inset, block.blocks.map((inner) => blockHtml(inner, look)).join(''));
  }
}

function element(tag: string, attributes: string, inner: string): string {
  return `<${tag}${attributes === '' ? '' : ` ${attributes}`}>${inner}</${tag}>`;
}

function spanHtml(span: Span): string {
  if (typeof span === 'string') return safeText(span);
  if ('strong' in span) return `<b>${safeText(span.strong)}</b>`;
  if ('code' in span) return `<code>${safeText(span.code)}</code>`;
  // normalize-notebook.ts knows it by its class, and takes it out of notebooks that go elsewhere.
  return `<a class="orchlab-link" href="${escapeHtml(span.href)}" target="_blank">${safeText(span.link)}</a>`;
}

function figureHtml({ title, value, detail }: ShownFigure, look: Look): string {
  const small = detail === undefined ? '' : ` ${element('small', look.detail, safeText(detail))}`;
  return element(
    'div',
    look.figure,
    `${element('dt', look.title, safeText(title))}${element('dd', look.value, `${safeText(value)}${small}`)}`,
  );
}

/** A place for a plot, which the page's script draws, with the plot's title as a caption, where it wraps; its first note (the load) is said by the page. */
function plotHtml(name: string, plot: Plot): string {
  const title = plot.title as { readonly text: string | readonly string[]; readonly subtitle: readonly string[] };
  const notes = title.subtitle.slice(1).map((words) => `<small>${safeText(words)}</small>`);
  return `<figure><figcaption>${safeText([title.text].flat().join(' '))}${notes.join('')}</figcaption><div class="plot" data-plot="${escapeHtml(name)}"><noscript>Plots need JavaScript.</noscript></div></figure>`;
}
