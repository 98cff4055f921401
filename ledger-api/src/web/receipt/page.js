// The page: from fields and files to the verdict. Everything shown is set as text, never as markup.

const FILE_BYTES_MAX = 16 << 20;
const FIELDS_OF_PAGE = { receiptText: 'receipt', postedText: 'posted', keysText: 'keys' };

function byId(id) {
  return document.getElementById(id);
}

/** An element with children; texts become text nodes. */
function make(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** Chinese and English, of which the page shows one. */
function both([zh, en]) {
  return [make('span', { lang: 'zh-CN' }, zh), make('span', { lang: 'en' }, en)];
}

function bilingual(tag, [zh, en], detail = '') {
  return make(tag, {}, ...both(detail ? [`${zh}（${detail}）`, `${en} (${detail})`] : [zh, en]));
}

/** Shows the page in one language; the button offers the other one. */
function speak(english) {
  document.documentElement.lang = english ? 'en' : 'zh-CN';
  document.title = english ? 'Check a receipt · Nuanxin' : '核对凭证 · 暖新积分账本';
  const other = byId('language');
  other.lang = english ? 'zh-CN' : 'en';
  other.textContent = english ? '中文' : 'English';
}

function isEnglish() {
  return document.documentElement.lang === 'en';
}

/** What to do about it, where something can be done. */
function cureOf(reason) {
  const [, , zh, en] = REASONS[reason];
  return zh ? [bilingual('p', [zh, en])] : [];
}

function show({ verdict, reason, detail, checks, receipt }) {
  const result = byId('result');
  result.className = verdict;
  result.dataset.verdict = verdict;
  result.dataset.reason = reason;
  const [zh, en] = VERDICTS[verdict];
  const [sentence, english] = REASONS[reason];
  const parts = [bilingual('h2', [`${zh}：${sentence}`, `${en}: ${english}`])];
  if (detail) parts.push(make('p', { class: 'detail' }, detail));
  parts.push(...cureOf(reason));
  if (receipt) parts.push(...entryParts(receipt, verdict), ...checkParts(checks, reason));
  result.replaceChildren(...parts);
  result.hidden = false;
  document.body.classList.add('judged');
  result.scrollIntoView({ block: 'start' });
}

/** A verdict is of the texts it was given for, and never stands beside others. */
function forget() {
  byId('result').hidden = true;
}

/** What the entry says; a claim as long as anything is open. */
function entryParts(receipt, verdict) {
  const proved = verdict === 'holds';
  const title = proved ? ['这一笔写着', 'The entry says'] : ['凭证自称（未经证实）', 'The receipt claims (unproved)'];
  const rows = describe(receipt).map(([zh, en, value, kind = '']) =>
    make('div', {}, bilingual('dt', [zh, en]), make('dd', { class: kind }, ...(Array.isArray(value) ? both(value) : [value]))));
  const summary = bilingual('summary', ['原文', 'Its exact text']);
  const original = make('details', {}, summary, make('pre', {}, receipt.entry.payload));
  return [bilingual('h3', title), make('dl', {}, ...rows), original];
}

/** Every check with its outcome, so that nobody takes a part for the whole. */
function checkParts(checks, toldAbove) {
  const marks = { good: '✓', bad: '✗', open: '？', skipped: '—' };
  const items = checks.map(({ name, state, reason, detail }) =>
    make('li', { class: state, 'data-check': name, 'data-reason': reason },
      make('strong', {}, `${marks[state]} `, ...both(CHECKS[name])),
      bilingual('p', REASONS[reason], detail),
      ...(reason === toldAbove ? [] : cureOf(reason))));
  return [bilingual('h3', ['逐项核对', 'Check by check']), make('ul', { class: 'checks' }, ...items)];
}

function check() {
  forget();
  const texts = Object.entries(FIELDS_OF_PAGE).map(([name, id]) => [name, byId(id).value]);
  show(judge(Object.fromEntries(texts)));
}

/** Puts a chosen file's text into its field; a picture's is the code in it, where the browser can read one. */
async function choose(input, field) {
  const [file] = input.files;
  if (!file) return;
  forget();
  try {
    if (file.size > FILE_BYTES_MAX) throw new Unreadable('file');
    const isPicture = file.type.startsWith('image/');
    field.value = isPicture ? await codeIn(file) : textOf(await bytesOf(file), 'file');
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    show({ verdict: 'unreadable', reason: error.reason, checks: [] });
  } finally {
    // The same file can be chosen again after it was changed.
    input.value = '';
  }
}

/** As FileReader gives it, which every browser has. */
function bytesOf(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(new Uint8Array(reader.result));
    reader.onerror = () => reject(new Unreadable('file'));
    reader.readAsArrayBuffer(file);
  });
}

async function codeIn(picture) {
  if (!('BarcodeDetector' in window)) throw new Unreadable('picture_unknown');
  let codes;
  try {
    codes = await new BarcodeDetector({ formats: ['qr_code'] }).detect(await createImageBitmap(picture));
  } catch {
    throw new Unreadable('picture_unknown');
  }
  if (codes.length !== 1) throw new Unreadable('picture');
  return codes[0].rawValue;
}

/**
 * A short receipt behind the `#` of the address, which browsers send to nobody. Percent signs are characters of the
 * form too: an address made without escaping them is read as it stands.
 */
function fromAddress() {
  const fragment = location.hash.slice(1);
  const readings = [() => decodeURIComponent(fragment), () => fragment.replace(/%20/g, ' ')];
  const texts = readings.flatMap((reading) => {
    try {
      return [reading()];
    } catch {
      return [];
    }
  }).filter((text) => text.startsWith(SHORT_PREFIX));
  if (texts.length === 0) return;
  const readable = (text) => judge({ receiptText: text, postedText: '', keysText: '' }).verdict !== 'unreadable';
  byId('receipt').value = texts.find(readable) ?? texts[0];
  check();
}

function start() {
  byId('cannot').hidden = true;
  byId('work').hidden = false;
  speak(isEnglish());
  byId('language').hidden = false;
  byId('language').addEventListener('click', () => speak(!isEnglish()));
  // In a copy that was kept as a file these lead nowhere.
  for (const element of document.querySelectorAll('.served')) element.hidden = location.protocol === 'file:';
  for (const input of document.querySelectorAll('input[type=file]')) {
    input.addEventListener('change', () => choose(input, byId(input.dataset.field)));
  }
  for (const field of document.querySelectorAll('textarea')) field.addEventListener('input', forget);
  byId('check').addEventListener('click', check);
  window.addEventListener('hashchange', fromAddress);
  fromAddress();
}

start();
