// Comments on a pull request what a bench measured, or brings the comment of the bench before up to date: one of action.yml's steps, on whatever
// Node the runner has, without packages. A pull request of a fork has a token that may only read: then that is said, and the job goes on.
import { readFileSync } from 'node:fs';

const { TOKEN, SUMMARY, NUMBER, SUBJECT, GITHUB_REPOSITORY, GITHUB_API_URL = 'https://api.github.com' } = process.env;
const limitSeconds = 30;
const longest = 65_000; // characters that a comment may have, by GitHub: 65,536
const perPage = 100;

const marker = `<!-- orchlab bench: ${(SUBJECT ?? '').replaceAll(/[^\w./-]/g, '_')} -->`;
const text = readFileSync(SUMMARY ?? '', { encoding: 'utf8' });
const body = `${marker}\n${text.length > longest ? `${text.slice(0, longest)}\n\n(cut: the rest is in the summary of the job)` : text}`;

async function call(method, path, content) {
  const response = await fetch(`${GITHUB_API_URL}/repos/${GITHUB_REPOSITORY}${path}`, {
    method,
    headers: { authorization: `Bearer ${TOKEN}`, accept: 'application/vnd.github+json', 'content-type': 'application/json' },
    ...(content && { body: JSON.stringify(content) }),
    signal: AbortSignal.timeout(limitSeconds * 1000),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${response.statusText}`);
  return response.json();
}

async function ownComment() {
  for (let page = 1; ; page++) {
    const comments = await call('GET', `/issues/${NUMBER}/comments?per_page=${perPage}&page=${page}`);
    const own = comments.find((comment) => comment.body?.startsWith(marker));
    if (own || comments.length < perPage) return own;
  }
}

try {
  const own = await ownComment();
  if (own) await call('PATCH', `/issues/comments/${own.id}`, { body });
  else await call('POST', `/issues/${NUMBER}/comments`, { body });
} catch (error) {
  console.log(
    `::warning title=orchlab::The pull request could not be commented on (${error.message}); the summary of the job has what it would say`,
  );
}
