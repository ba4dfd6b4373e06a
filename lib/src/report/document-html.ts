import type { Plot } from '../plots/plot.ts';
import type { Block, ShownFigure, ShownOutcome, Span, Tone } from './document.ts';
import { escapeHtml, safeText } from './html-text.ts';
import { htmlTable } from './html-table.ts';

/** Elements with their attributes: with classes for a page's style sheet, or with styles where there is none. */
type Look = Readonly<
  Record<
    'sentence' | 'muted' | 'good' | 'bad' | 'facts' | 'label' | 'fact' | 'figures' | 'figure' | 'title' | 'value' | 'detail' | 'inset',
    string
  >
>;

/** For report.html, which brings `reportStyle`. */
const pageLook: Look = {
  sentence: 'p',
  muted: 'p class="muted"',
  good: 'p class="good"',
  bad: 'p class="bad"',
  facts: 'dl class="facts"',
  label: 'dt',
  fact: 'dd',
  figures: 'dl class="cards"',
  figure: 'div',
  title: 'dt',
  value: 'dd',
  detail: 'small',
  inset: 'div class="inset"',
};

const smallPrint = 'opacity:.65;font-size:85%';

/**
 * For a cell of a notebook, in the colours of the page around it: style sheets do not survive there, and JupyterLab has styles of its own for
 * lists of definitions and paragraphs.
 */
const cardLook: Look = {
  sentence: 'div',
  muted: `div style="${smallPrint}"`,
  good: 'div style="color:#2e8540"',
  bad: 'div style="color:#c0392b"',
  facts: 'div style="display:grid;grid-template-columns:max-content 1fr;column-gap:1em;margin:.2em 0"',
  label: 'div style="opacity:.65"',
  fact: 'div',
  figures: 'div style="display:flex;flex-wrap:wrap;margin:.4em 0"',
  figure: 'div style="margin-right:1.6em"',
  title: `div style="${smallPrint}"`,
  value: 'div style="font-weight:bold"',
  detail: `small style="${smallPrint};font-weight:normal"`,
  inset: 'div style="margin-left:1em"',
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
      return element(look[block.tone ?? 'sentence'], inner);
    }
    case 'note':
      return element(look.sentence, `⚠ ${safeText(block.text)}`);
    case 'facts':
      return element(
        look.facts,
        block.facts.map(([label, value]) => `${element(look.label, safeText(label))}${element(look.fact, safeText(value))}`).join(''),
      );
    case 'figures':
      return element(look.figures, block.figures.map((figure) => figureHtml(figure, look)).join(''));
    case 'outcomes':
      return `<div class="scroll">${outcomesHtml(block.outcomes, look)}</div>`;
    case 'list':
      return `<ul>${block.items.map((item) => `<li>${safeText(item)}</li>`).join('')}</ul>`;
    case 'table':
      return `<div class="scroll">${htmlTable(block.table, block)}</div>`;
    case 'plot':
      return plotHtml(block.name, block.plot);
    case 'preformatted':
      return `<pre>${safeText(block.text)}</pre>`;
    case 'indented':
      return element(look.inset, block.blocks.map((inner) => blockHtml(inner, look)).join(''));
  }
}

const tones: Readonly<Record<ShownOutcome['outcome'], Tone>> = { passed: 'good', failed: 'bad', inconclusive: 'muted' };

function outcomesHtml(outcomes: readonly ShownOutcome[], look: Look): string {
  const hasExperiments = outcomes.some(({ experiment }) => experiment !== undefined);
  const heads = ['outcome', 'threshold', 'measured', ...(hasExperiments ? ['experiment'] : [])];
  const cell = (tag: 'th' | 'td', inner: string): string => `<${tag} style="text-align:left">${inner}</${tag}>`;
  const rows = outcomes.map(({ outcome, required, words, experiment = '' }) => {
    const cells = [
      element(look[tones[outcome]], safeText(outcome)),
      element(look.sentence, `<code>${safeText(required)}</code>`),
      element(look.sentence, safeText(words)),
      ...(hasExperiments ? [element(look.sentence, safeText(experiment))] : []),
    ];
    return `<tr>${cells.map((inner) => cell('td', inner)).join('')}</tr>`;
  });
  return `<table class="outcomes"><thead><tr>${heads.map((head) => cell('th', head)).join('')}</tr></thead><tbody>${rows.join('')}</tbody></table>`;
}

function element(opening: string, inner: string): string {
  return `<${opening}>${inner}</${opening.split(' ', 1)[0]}>`;
}

function spanHtml(span: Span): string {
  if (typeof span === 'string') return safeText(span);
  if ('strong' in span) return `<b>${safeText(span.strong)}</b>`;
  if ('code' in span) return `<code>${safeText(span.code)}</code>`;
  // normalize-notebook.ts knows it by its class, and takes it out of notebooks that go elsewhere.
  return `<a class="orchlab-link" href="${escapeHtml(span.href)}" target="_blank">${safeText(span.link)}</a>`;
}

function figureHtml({ title, value, detail }: ShownFigure, look: Look): string {
  const more = detail === undefined ? '' : ` ${element(look.detail, safeText(detail))}`;
  return element(look.figure, `${element(look.title, safeText(title))}${element(look.value, `${safeText(value)}${more}`)}`);
}

/** A place for a plot, which the page's script draws, with the plot's title as a caption, where it wraps; its first note (the load) is said by the page. */
function plotHtml(name: string, plot: Plot): string {
  const title = plot.title as { readonly text: string | readonly string[]; readonly subtitle: readonly string[] };
  const notes = title.subtitle.slice(1).map((words) => `<small>${safeText(words)}</small>`);
  return `<figure><figcaption>${safeText([title.text].flat().join(' '))}${notes.join('')}</figcaption><div class="plot" data-plot="${escapeHtml(name)}"><noscript>Plots need JavaScript.</noscript></div></figure>`;
}
