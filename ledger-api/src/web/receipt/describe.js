// What an entry says, in the words a person uses. It is a claim until the verdict says otherwise.

/** Hundredths as points with two decimals, without a fraction ever being computed. */
function pointsOf(hundredths) {
  if (!Number.isSafeInteger(hundredths)) return `${hundredths}`;
  const digits = `${Math.abs(hundredths)}`.padStart(3, '0');
  return `${hundredths < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** A root as the notice prints it. */
function grouped(bytes) {
  return hex(bytes).match(/.{8}/g).join(' ');
}

/** A recorded time without the fraction, as a person writes it; anything else as it stands. */
function clock(time) {
  const [, day, hour] = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?\+08:00$/.exec(time) ?? [];
  return day ? `${day} ${hour}` : time;
}

/**
 * The entry in words: rows of Chinese name, English name, value, and a class where one is due. A value that is a word is
 * there in both languages.
 */
function describe({ entry, origin, size, root, suite }) {
  let payload;
  try {
    payload = JSON.parse(entry.payload);
  } catch {
    payload = null;
  }
  const said = (name) => (typeof payload?.[name] === 'string' ? payload[name] : null);
  const word = new Map(Object.entries(EVENT_WORDS)).get(entry.type);
  const rows = [
    ['事项', 'Event', word ? [`${word}（${entry.type}）`, entry.type] : entry.type],
    ['积分', 'Points', Number.isInteger(payload?.points) ? pointsOf(payload.points) : null],
    ['状态', 'Status', payload?.proposed === true ? ['当时待确认', 'still to be confirmed then'] : null],
    ['人员编号', 'Worker', said('worker')],
    ['日期', 'Date', said('on') ?? (said('at') ? clock(said('at')) : null)],
    ['类别', 'Category', said('category')],
    ['单号', 'Number', said('credit') ?? said('redemption') ?? said('hold')],
    ['记账时间', 'Recorded', [`${clock(entry.recordedAt)}（北京时间）`, `${clock(entry.recordedAt)} (China time)`]],
    ['序号', 'Position', `${entry.position} / ${size}`],
    ['账本', 'Journal', origin],
    ['默克尔根', 'Root', root ? grouped(root) : null, 'hash'],
    ['杂凑算法', 'Hash', suite],
  ];
  return rows.filter(([, , value]) => value !== null);
}
