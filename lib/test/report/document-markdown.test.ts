import { table as toTable } from 'arquero';
import { describe, expect, it } from 'vitest';
import { type Block, sentence, table } from '../../src/report/document.ts';
import { markdownText, renderMarkdown } from '../../src/report/document-markdown.ts';

const rows = toTable({ name: ['a|b', '<script>'], waitSeconds: [0.5, Number.NaN] });

describe('renderMarkdown', () => {
  it('has blocks one below the other, and folds away what has a title', () => {
    const blocks: readonly Block[] = [
      { kind: 'heading', text: 'Heading' },
      sentence(['It is ', { strong: 'slower' }, ' by ', { code: 'p99' }]),
      { kind: 'note', label: 'warning', text: 'A noisy host.' },
      { kind: 'facts', facts: [['host', 'linux']] },
      { kind: 'figures', figures: [{ title: 'throughput', value: '5 tasks/s', detail: 'of 6' }] },
      { kind: 'list', items: ['one', 'two'] },
      { kind: 'preformatted', text: 'a ``` b' },
      { kind: 'indented', blocks: [sentence('inside')] },
    ];
    expect(renderMarkdown([{ blocks }, { blocks: [] }, { title: 'More', blocks: [table(rows)] }])).toBe(
      [
        '#### Heading',
        'It is **slower** by `p99`',
        '⚠️ A noisy host.',
        '- host: linux',
        '- throughput: 5 tasks/s (of 6)',
        '- one\n- two',
        "```\na ''' b\n```",
        'inside',
        '<details><summary>More</summary>',
        '| name | wait (s) |\n|---|---:|\n| a\\|b | 0.500 |\n| &lt;script&gt; | – |',
        '</details>',
      ].join('\n\n'),
    );
  });

  it('takes nothing in a text for Markdown or HTML, and no password into it', () => {
    expect(markdownText('*a* [b](c) `d` #1 <b> & x\n\ny ~z~')).toBe('\\*a\\* \\[b\\](c) \\`d\\` \\#1 &lt;b&gt; &amp; x y \\~z\\~');
    expect(markdownText('postgres://user:secret@host/db')).not.toContain('secret');
  });
});
