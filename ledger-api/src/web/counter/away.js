// The counter without a network: what it takes along, how it goes on, and how what was handed out is told afterwards.
//
// Each redemption is kept on this device with its key, its clerk's ticket and its time before anything is shown as done,
// and leaves the device only after a definite answer. A key is one redemption, however often it is told.
'use strict';

(function () {
  var DATABASE = 'nuanxin-counter';
  var TELL_AGAIN_MS = 5000;
  var HUNDREDTHS = 100;
  var along = null;
  var away = false;
  // How often the network went on this page: an answer to what was asked before it went says nothing of what is now.
  var wentAway = 0;
  var telling = false;
  var chosen = {};
  var customer = '';
  var taking = null;
  // The code that the customer showed, and when; and those that were used on this page.
  var code = null;
  var usedCodes = {};

  // What this device keeps: the queue, what was taken along for each store, and its own name.
  function database() {
    return new Promise(function (resolve, reject) {
      var asked = indexedDB.open(DATABASE, 1);
      asked.onupgradeneeded = function () {
        asked.result.createObjectStore('queue', { keyPath: 'key' });
        asked.result.createObjectStore('kept');
      };
      asked.onsuccess = function () { resolve(asked.result); };
      asked.onerror = function () { reject(asked.error); };
    });
  }

  function inStore(name, mode, act) {
    return database().then(function (opened) {
      return new Promise(function (resolve, reject) {
        var transaction = opened.transaction(name, mode);
        var asked = act(transaction.objectStore(name));
        // Only what is committed is kept.
        transaction.oncomplete = function () { opened.close(); resolve(asked && asked.result); };
        transaction.onabort = transaction.onerror = function () { opened.close(); reject(transaction.error); };
      });
    });
  }

  function keep(name, value) { return inStore('kept', 'readwrite', function (kept) { return kept.put(value, name); }); }
  function kept(name) { return inStore('kept', 'readonly', function (store) { return store.get(name); }); }
  function queue() { return inStore('queue', 'readonly', function (store) { return store.getAll(); }); }
  // What became a case stands on the list of cases; whoever goes there need not be reminded of it here.
  function dropTold() {
    return queue().then(function (rows) {
      return Promise.all(rows.filter(function (row) { return row.state === 'case'; }).map(function (row) { return drop(row.key); }));
    });
  }
  function enqueue(row) { return inStore('queue', 'readwrite', function (store) { return store.put(row); }); }
  function drop(key) { return inStore('queue', 'readwrite', function (store) { return store.delete(key); }); }

  function random() {
    var bytes = crypto.getRandomValues(new Uint8Array(16));
    return Array.prototype.map.call(bytes, function (byte) { return (byte + 256).toString(16).slice(1); }).join('');
  }

  // Found or made in one transaction: two that ask at once, in two tabs too, are told one name.
  function device() {
    var name;
    return inStore('kept', 'readwrite', function (store) {
      var asked = store.get('device');
      asked.onsuccess = function () {
        name = asked.result || random();
        if (!asked.result) store.put(name, 'device');
      };
      return asked;
    }).then(function () { return name; });
  }

  // The ledger's clock: a device's own may be wrong.
  function now() { return Date.now() + (along ? along.skew : 0); }

  function time(ms) {
    return new Date(ms + 8 * 3600 * 1000).toISOString().slice(0, 19) + '+08:00';
  }

  // Points are exact hundredths here as well.
  function hundredths(text) {
    var parts = String(text).replace(/,/g, '').split('.');
    return Number(parts[0]) * HUNDREDTHS + Number(((parts[1] || '') + '00').slice(0, 2));
  }

  function shown(hundredth) {
    var rest = hundredth % HUNDREDTHS;
    return String(Math.floor(hundredth / HUNDREDTHS)) + (rest ? '.' + String(rest + HUNDREDTHS).slice(1).replace(/0$/, '') : '');
  }

  function make(tag, options, children) {
    var made = document.createElement(tag);
    Object.keys(options || {}).forEach(function (name) {
      if (name === 'text') made.textContent = options.text;
      else if (name === 'click') made.addEventListener('click', options.click);
      else made.setAttribute(name, options[name]);
    });
    (children || []).forEach(function (child) { if (child) made.appendChild(child); });
    return made;
  }

  function room() { return document.querySelector('[data-away]'); }

  // Takes along what is needed, while the network is there.
  function takeAlong() {
    var store = room().getAttribute('data-store');
    var before = wentAway;
    return fetch('/counter/away?store=' + encodeURIComponent(store), { credentials: 'same-origin' }).then(null, function (error) {
      error.noNetwork = true;
      throw error;
    }).then(function (answer) {
      if (!answer.ok || answer.redirected) {
        var no = new Error('not taken along');
        no.final = answer.redirected || (answer.status < 500 && answer.status !== 429 && answer.status !== 408);
        throw no;
      }
      return answer.json();
    }).then(function (taken) {
      taken.skew = taken.now_ms - Date.now();
      along = taken;
      if (wentAway === before) away = false;
      return keep('along/' + store, taken);
    });
  }

  // What was handed out here, by whomever: on a day, and to one person.
  function spentToday() {
    var today = time(now()).slice(0, 10);
    return kept('spent').then(function (spent) {
      return spent && spent.day === today ? spent : { day: today, all: 0, of: {} };
    });
  }

  function goods() {
    return along.goods.map(function (item) {
      return { sku: item.sku, name: item.name, label: item.label, price: hundredths(item.price) };
    });
  }

  function sum() {
    return goods().reduce(function (all, item) { return all + item.price * (chosen[item.sku] || 0); }, 0);
  }

  // A code of a hold: checked here, with the ledger's key that was taken along.
  function readHold(word) {
    return loadSigned().then(function () {
      var lines = window.nuanxinSigned(word, along.key || '');
      if (!lines || lines[0] !== 'nuanxin/hold-code/1' || lines.length < 8) return { bad: along.words.hold_bad };
      var hold = { hold: lines[1], store: lines[2], worker: lines[3], until: Number(lines[4]), points: lines[5] };
      hold.lines = lines.slice(6).filter(Boolean).map(function (line) {
        var at = line.lastIndexOf(' ');
        return { sku: line.slice(0, at), quantity: Number(line.slice(at + 1)) };
      });
      if (hold.store !== along.store) return { bad: along.words.hold_elsewhere };
      if (!(now() < hold.until)) return { bad: along.words.hold_over };
      return Promise.all([device(), kept('taken')]).then(function (found) {
        if (found[0] !== along.device) return { bad: along.words.hold_device };
        if ((found[1] || []).indexOf(hold.hold) >= 0) return { bad: along.words.hold_taken };
        return hold;
      });
    });
  }

  function loadSigned() {
    if (window.nuanxinSigned) return Promise.resolve();
    return new Promise(function (resolve, reject) {
      var script = make('script', { src: room().getAttribute('data-signed') });
      script.onload = resolve;
      script.onerror = reject;
      document.head.appendChild(script);
    });
  }

  // Without a network the page is ours.
  function draw(told) {
    var w = along.words;
    var page = document.getElementById('page');
    var title = page.querySelector('h1');
    var under = page.querySelector('.under');
    Array.prototype.slice.call(page.children).forEach(function (child) {
      // The camera reads codes here too, and whoever follows a link is told that there is no network.
      var stays = [title, under].indexOf(child) >= 0 || ['camera', 'no-network'].indexOf(child.id) >= 0 || child.hasAttribute('data-away');
      if (!stays) page.removeChild(child);
    });
    // What was said there while the network was here goes at once: a page that grows shorter later moves under a finger.
    room().textContent = '';
    // What waits stands below.
    var put = function (child) { page.insertBefore(child, room()); };
    put(make('p', { class: 'said', id: 'offline', text: w.title }));
    if (told && told.bad) put(make('div', { class: 'said bad', role: 'alert' }, [make('p', { text: told.bad })]));
    if (told && told.done) put(slip(told.done));
    put(asking(w));
    if (customer) put(basket(w));
    showQueue();
    var field = page.querySelector(customer ? '#proof, [data-confirm]' : '#named');
    if (field) field.focus();
  }

  function asking(w) {
    var field = make('input', { id: 'named', class: 'grow', autocomplete: 'off', maxlength: '2000', enterkeyhint: 'search' });
    var form = make('form', { class: 'card', role: 'search', 'hx-boost': 'false' }, [
      make('label', { for: 'named', text: w.named }),
      make('div', { class: 'look' }, [field,
        make('button', { class: customer ? 'plain' : 'go', value: 'look', text: w.look }),
        navigator.mediaDevices && navigator.mediaDevices.getUserMedia ? make('button', {
          class: 'plain', type: 'button', 'data-scan': 'named', 'data-press': 'look', 'data-reader': along.reader, text: w.scan
        }) : null]),
      make('p', { class: 'bad-words', id: 'no-camera', 'aria-live': 'assertive', hidden: '', text: w.no_camera })
    ]);
    form.addEventListener('submit', function (event) {
      event.preventDefault();
      event.stopPropagation();
      look(field.value);
    });
    return form;
  }

  function look(typed) {
    var named = typed.trim();
    chosen = {};
    taking = null;
    code = null;
    customer = '';
    // The network is back, and whoever stood there is done: the next one is looked up by the ledger's own page.
    if (!away) { location.reload(); return; }
    if (!named) { draw(); return; }
    if (/^[\w-]+\.[\w-]{86}$/.test(named)) {
      readHold(named).then(function (hold) {
        if (hold.bad) { draw({ bad: hold.bad }); return; }
        taking = hold;
        customer = hold.worker;
        draw();
      }, function () { draw({ bad: along.words.hold_bad }); });
      return;
    }
    // What stands under such a number is known where the network is; goods that it set aside are no customer's floor.
    if (narrowed(named).indexOf(along.pick_up + '-') === 0) { draw({ bad: along.words.hold_number }); return; }
    // Behind the name may stand the code of the minute: it is judged by the time at which it was shown.
    var parts = /^(.*?)\s*[#\uff03]\s*([0-9A-Za-z-]{6,40})$/.exec(named);
    customer = parts ? parts[1] : named;
    if (parts && along.proof === 'code') code = { text: parts[2], at: now(), scanned: true };
    draw(hundredths(along.floor) > 0 ? undefined : { bad: along.words.none });
  }

  function basket(w) {
    var confirm = make('button', { class: 'go grow', type: 'button', 'data-confirm': '', text: w.confirm, click: function () { redeem(); } });
    var head = make('div', { class: 'card customer' }, [make('p', { class: 'name grow', text: customer })]);
    if (taking) {
      var list = taking.lines.map(function (line) { return make('li', { class: 'line', text: nameOf(line.sku) + ' ×' + line.quantity }); });
      return make('div', {}, [head, make('section', { class: 'card basket full-of', 'aria-labelledby': 'basket' }, [
        make('h2', { id: 'basket', text: w.hold }), make('ul', {}, list), make('p', { class: 'line sum', text: taking.points + ' ' + w.points }),
        make('p', { class: 'acts' }, [confirm])
      ])]);
    }
    var asks = null;
    if (along.proof === 'code' && !(code && code.scanned)) {
      asks = make('input', { id: 'proof', autocomplete: 'off', maxlength: '120', inputmode: 'numeric', autocapitalize: 'characters' });
      asks.value = code ? code.text : '';
      asks.addEventListener('input', function () { code = asks.value.trim() ? { text: asks.value.trim(), at: now() } : null; });
      asks.addEventListener('keydown', function (event) { if (event.key === 'Enter') redeem(); });
    }
    var floor = hundredths(along.floor);
    var items = goods().filter(function (item) { return item.price <= floor; }).map(function (item) {
      var count = chosen[item.sku];
      var button = make('button', { type: 'button', 'aria-label': item.label, click: function () { add(item); } }, [
        make('span', { text: item.name }), count ? make('span', { class: 'tag ok', text: '×' + count }) : null,
        make('span', { class: 'price num', text: shown(item.price) + ' ' + w.points })
      ]);
      return make('li', count ? { class: 'chosen' } : {}, [button]);
    });
    var lines = goods().filter(function (item) { return chosen[item.sku]; }).map(function (item) {
      return make('li', { class: 'line' }, [
        make('span', { class: 'grow', text: item.name + ' ×' + chosen[item.sku] }),
        make('button', { class: 'step', type: 'button', 'aria-label': w.less + ' ' + item.name, text: '−', click: function () { add(item, -1); } })
      ]);
    });
    return make('div', {}, [head, make('ul', { class: 'goods', 'aria-label': w.goods }, items),
      lines.length ? make('section', { class: 'card basket full-of', 'aria-labelledby': 'basket' }, [
        make('h2', { id: 'basket', text: w.chosen }), make('ul', {}, lines), make('p', { class: 'line sum', text: shown(sum()) + ' ' + w.points }),
        asks ? make('div', { class: 'field' }, [make('label', { for: 'proof', text: w.ask_code }), asks]) : null,
        make('p', { class: 'acts' }, [confirm])
      ]) : null]);
  }

  // As the ledger reads what scanners and input methods write: without blanks, full-width signs as plain ones, in capitals.
  // Whoever is named in two ways has one floor.
  function narrowed(text) {
    return text.replace(/[\uff01-\uff5e]/g, function (wide) { return String.fromCharCode(wide.charCodeAt(0) - 0xfee0); })
      .replace(/\s/g, '').toUpperCase();
  }

  function nameOf(sku) {
    var found = along.goods.filter(function (item) { return item.sku === sku; })[0];
    return found ? found.name : sku;
  }

  function add(item, step) {
    var units = (chosen[item.sku] || 0) + (step || 1);
    if (units > 0) chosen[item.sku] = units; else delete chosen[item.sku];
    allowed().then(function (why) {
      if (why && step !== -1) {
        chosen[item.sku] = units - 1;
        if (!chosen[item.sku]) delete chosen[item.sku];
      }
      draw(why && step !== -1 ? { bad: why } : undefined);
    });
  }

  // Why what is chosen may not be handed out unheard; nothing where it may.
  function allowed() {
    return spentToday().then(function (spent) {
      if (now() > along.until_ms) return along.words.ticket_over;
      if (taking) return '';
      if (along.proof === 'code' && code && usedCodes[narrowed(customer) + '#' + code.text]) return along.words.code_used;
      if (sum() + (spent.of[narrowed(customer)] || 0) > hundredths(along.floor)) return along.words.over_floor;
      if (sum() + spent.all > hundredths(along.total)) return along.words.over_total;
      return '';
    });
  }

  var confirming = false;

  function redeem() {
    if (confirming) return;
    confirming = true;
    Promise.all([allowed(), spentToday(), device(), kept('taken')]).then(function (found) {
      var why = found[0];
      if (why) { draw({ bad: why }); return undefined; }
      if (!taking && along.proof === 'code' && !code) { draw({ bad: along.words.missing_code }); return undefined; }
      var at = !taking && code ? code.at : now();
      var lines = taking ? taking.lines : goods().filter(function (item) { return chosen[item.sku]; })
        .map(function (item) { return { sku: item.sku, quantity: chosen[item.sku] }; });
      if (!lines.length) return undefined;
      var body = { means: taking ? 'hold' : 'floor', lines: lines, given_at: time(at) };
      if (taking) { body.worker = taking.worker; body.hold = taking.hold; body.device = found[2]; } else { body.named = customer; }
      if (!taking && code) {
        body.proof = code.text;
        if (/^[0-9]{6}$/.test(code.text)) usedCodes[narrowed(customer) + '#' + code.text] = true;
      }
      var points = taking ? hundredths(taking.points) : sum();
      var again = isUnanswered(lines);
      var row = {
        key: again ? unanswered.key : 'away/' + random(), again: again, store: along.store, account: along.account, ticket: along.ticket, at: at, body: body,
        who: customer, points: points, state: 'waiting',
        items: lines.map(function (line) { return nameOf(line.sku) + ' ×' + line.quantity; }).join('、')
      };
      var spent = found[1];
      if (!taking) {
        spent.all += points;
        spent.of[narrowed(customer)] = (spent.of[narrowed(customer)] || 0) + points;
      }
      var taken = taking ? (found[3] || []).concat([taking.hold]).slice(-1000) : found[3] || [];
      return enqueue(row).then(function () { return keep('spent', spent); }).then(function () { return keep('taken', taken); })
        .then(function () {
          chosen = {};
          taking = null;
          code = null;
          customer = '';
          unanswered = null;
          draw({ done: row });
          tell();
        });
    }).then(function () { confirming = false; }, function (error) { confirming = false; draw({ bad: String(error) }); });
  }

  // The slip that is shown, to say on it what became of it.
  var shownSlip = null;

  function slip(row) {
    var w = along.words;
    var later = make('p', { class: 'soft', text: w.later });
    // What may be recorded already is taken back where that is known.
    var acts = row.again ? null : make('p', { class: 'acts' }, [make('button', { class: 'no', type: 'button', text: w.undo, click: function () { undo(row); } })]);
    var heading = make('h2', { text: w.done });
    shownSlip = { key: row.key, heading: heading, later: later, acts: acts };
    return make('div', { class: 'said slip', role: 'status', id: 'told' }, [
      heading,
      make('p', { class: 'big', text: row.items }),
      make('p', { text: w.points + ' ' + shown(row.points) }),
      make('p', { class: 'soft', text: row.who + ' · ' + time(row.at).slice(0, 16).replace('T', ' ') }),
      later,
      acts
    ]);
  }

  // What was told is the ledger's, and is taken back there alone; what was refused was no redemption.
  function sayTold(key, refused) {
    if (!shownSlip || shownSlip.key !== key) return;
    shownSlip.later.textContent = refused || along.words.told;
    if (refused) {
      shownSlip.heading.textContent = along.words.refused;
      shownSlip.heading.parentNode.className = 'said bad slip';
    }
    if (shownSlip.acts && shownSlip.acts.parentNode) shownSlip.acts.parentNode.removeChild(shownSlip.acts);
    shownSlip = null;
  }

  // Only what was not told yet is taken back here; else the counter's own page does it.
  function undo(row) {
    if (telling) return;
    queue().then(function (rows) {
      if (rows.some(function (one) { return one.key === row.key && one.state !== 'case'; })) takeBack(row);
    });
  }

  function takeBack(row) {
    Promise.all([drop(row.key), spentToday(), kept('taken')]).then(function (found) {
      var spent = found[1];
      if (row.body.means === 'floor') {
        spent.all -= row.points;
        spent.of[narrowed(row.who)] -= row.points;
        // Nobody was told of it: the code is as good as before.
        delete usedCodes[narrowed(row.who) + '#' + row.body.proof];
      }
      var taken = (found[2] || []).filter(function (hold) { return hold !== row.body.hold; });
      return keep('spent', spent).then(function () { return keep('taken', taken); });
    }).then(function () { draw(); });
  }

  // What waits here, and what became of it. What stands there already stays: nobody's press meets a button that was just
  // exchanged for its like, and what somebody folded stays folded.
  function showQueue() {
    var place = room();
    if (!place || !along) return Promise.resolve();
    var w = along.words;
    return Promise.all([queue(), device()]).then(function (found) {
      var stands = JSON.stringify([found, along.device, along.floor, along.store, away, notEnrolled]);
      if (place.stands === stands && place.firstChild) return;
      place.stands = stands;
      while (place.firstChild) place.removeChild(place.firstChild);
      var rows = found[0].sort(function (left, right) { return left.at - right.at; });
      var waiting = rows.filter(function (row) { return row.state === 'waiting'; });
      if (rows.length) {
        place.appendChild(make('details', { open: '' }, [
          make('summary', { text: w.waiting + ' ' + waiting.length }),
          make('ul', { class: 'inner' }, rows.map(function (row) {
            var said = row.state === 'waiting' ? w.later : row.state === 'log_in' ? w.log_in : row.state === 'case' ? w.as_case : w.stuck + ' ' + (row.said || '');
            return make('li', { class: 'line' }, [
              make('span', { class: 'grow', text: time(row.at).slice(11, 16) + ' ' + row.who + ' ' + row.items }),
              make('span', { class: 'soft', text: said })
            ]);
          })),
          rows.some(function (row) { return row.state === 'case'; }) && !away ? make('p', {}, [make('a', { href: '/counter/cases?store=' + encodeURIComponent(along.store), text: w.all_cases, click: dropTold })]) : null
        ]));
      }
      if (!away && hundredths(along.floor) > 0) {
        place.appendChild(make('p', { class: 'soft', text: w.ready + ' ' + along.floor + ' ' + w.points }));
      }
      if (!away && along.device === found[1]) place.appendChild(make('p', { class: 'soft', text: w.enrolled }));
      else if (!away) {
        if (notEnrolled !== null) place.appendChild(make('div', { class: 'said bad', role: 'alert' }, [make('p', { text: w.not_enrolled + notEnrolled })]));
        place.appendChild(make('p', {}, [make('button', { class: 'quiet', type: 'button', text: w.enrol, click: function () { enrol(found[1]); } })]));
      }
    });
  }

  function post(path, key, ticket, body) {
    var headers = { 'Content-Type': 'application/json', 'Idempotency-Key': key, 'X-CSRF-Token': along.csrf };
    if (ticket) headers['Counter-Ticket'] = ticket;
    return fetch(path, { method: 'POST', credentials: 'same-origin', headers: headers, body: JSON.stringify(body) });
  }

  // That this device was not made the store's, and why where it is known: a code in brackets, for whoever helps.
  var notEnrolled = null;

  function enrol(name) {
    notEnrolled = null;
    post('/v1/stores/' + encodeURIComponent(along.store) + '/device', 'device/' + random(), '', { device: name }).then(function (answer) {
      if (answer.ok) return takeAlong();
      return answer.json().catch(function () { return {}; }).then(function (said) {
        notEnrolled = ' (' + (said.code || answer.status) + ')';
      });
    }).then(showQueue, function () { notEnrolled = ''; showQueue(); });
  }

  // Tells what waits, one after the other; a row goes when its answer is definite.
  function tell() {
    if (telling || !along) return;
    telling = true;
    takeAlong().then(queue).then(function (rows) {
      // What stands among the cases has been shown; people settle it there.
      return rows.filter(function (row) { return row.state !== 'case'; }).sort(function (left, right) { return left.at - right.at; })
        .reduce(function (before, row) { return before.then(function () { return tellOne(row); }); }, Promise.resolve());
    }).then(function () {
      telling = false;
      if (away) showQueue(); else backAgain();
    }, function () { telling = false; showQueue(); });
  }

  function tellOne(row) {
    return post('/v1/stores/' + encodeURIComponent(row.store) + '/deliveries', row.key, row.ticket, row.body).then(function (answer) {
      return answer.json().catch(function () { return {}; }).then(function (said) {
        if (answer.status === 201 && said.status === 'case') {
          row.state = 'case';
          sayTold(row.key, along.words.as_case);
          return enqueue(row);
        }
        // Its key was used: it is recorded.
        if (answer.status === 201 || said.code === 'duplicate_conflict') {
          sayTold(row.key);
          return drop(row.key);
        }
        if (answer.status >= 500 || answer.status === 429 || answer.status === 408) throw new Error('later');
        row.state = answer.status === 401 ? 'log_in' : 'stuck';
        row.said = said.detail || said.title || '';
        return enqueue(row);
      });
    });
  }

  // The network is back: nobody is interrupted who stands before the counter.
  function backAgain() {
    if (document.querySelector('[data-confirm]')) return;
    var ours = !document.querySelector('form[action="/counter"]');
    if (ours && !customer && !document.querySelector('#told')) { location.reload(); return; }
    var offline = document.getElementById('offline');
    // In its place, so that nothing moves under a finger.
    if (offline) offline.textContent = along.words.back;
    showQueue();
  }

  function goAway(typed, confirmed) {
    wentAway += 1;
    kept('along/' + room().getAttribute('data-store')).then(function (taken) {
      if (!taken) return;
      along = taken;
      away = true;
      var told = document.getElementById('no-network');
      if (told) told.hidden = true;
      if (typed) look(typed); else draw();
      if (confirmed) ask(confirmed);
    });
  }

  // What the ledger was asked to redeem and did not answer. It may be recorded: confirmed again here, it keeps its key, so that
  // it is recorded once.
  var unanswered = null;

  function ask(form) {
    var sent = new FormData(form);
    unanswered = { key: sent.get('key'), worker: sent.get('worker'), lines: sent.getAll('line').sort().join(' ') };
    chosen = {};
    sent.getAll('line').forEach(function (line) {
      var end = line.lastIndexOf(':');
      chosen[line.slice(0, end)] = Number(line.slice(end + 1));
    });
    draw({ bad: along.words.unanswered });
  }

  function isUnanswered(lines) {
    var same = lines.map(function (line) { return line.sku + ':' + line.quantity; }).sort().join(' ');
    return !taking && Boolean(unanswered) && unanswered.worker === customer && unanswered.lines === same;
  }

  var refused = false;

  function arrive() {
    if (!room()) return;
    refused = false;
    takeAlong().then(showQueue).then(tell, function (error) {
      refused = Boolean(error.final);
      // Told no, the page is the ledger's still; not heard at all, it is ours.
      if (error.noNetwork) goAway('');
    });
  }

  document.addEventListener('htmx:sendError', function (event) {
    var form = event.detail.elt;
    if (!room() || !form || form.getAttribute('action') !== '/counter') return;
    var field = form.querySelector('[name=named]') || form.querySelector('[name=worker]');
    var sent = event.detail.requestConfig && event.detail.requestConfig.parameters;
    goAway(field ? field.value : '', sent && sent['do'] === 'confirm' ? form : null);
  });
  window.addEventListener('online', function () { if (room()) tell(); });
  setInterval(function () {
    // A first try that nobody heard, or that this device could not keep, is made again: a counter is not left without what it
    // needs for one lost answer.
    if (room() && !refused && (!along || (!away && !room().firstChild))) { arrive(); return; }
    if (room() && along) queue().then(function (rows) { if (rows.some(function (row) { return row.state === 'waiting' || row.state === 'log_in'; }) || away) tell(); });
  }, TELL_AGAIN_MS);
  if (navigator.serviceWorker) navigator.serviceWorker.register('/counter/worker.js', { scope: '/counter' }).catch(function () {});

  window.nuanxinAway = arrive;
  arrive();
})();
