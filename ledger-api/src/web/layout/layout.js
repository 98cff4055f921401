// What our pages do beyond forms and links. Every page works without it.
'use strict';

(function () {
  // Where to write next: after each answer the hand is where the next code is scanned.
  function focusFirst() {
    var wanted = document.querySelector('[autofocus]');
    if (wanted && wanted !== document.activeElement) {
      wanted.focus({ preventScroll: true });
      if (wanted.select) wanted.select();
    }
  }

  function on(name, act) {
    document.addEventListener(name, act);
  }

  // A link to what is folded unfolds it: not every browser does so by itself.
  window.addEventListener('hashchange', function () {
    var part = document.getElementById(location.hash.slice(1));
    if (!part || !part.closest('details')) return;
    for (var one = part.parentElement; one; one = one.parentElement) {
      if (one.tagName === 'DETAILS') one.open = true;
    }
    part.scrollIntoView();
  });

  // A form is sent once: its key would keep a second one from happening twice, but nobody should have to wonder.
  on('htmx:beforeRequest', function (event) {
    var form = event.detail.elt;
    if (form.tagName !== 'FORM') return;
    form.querySelectorAll('button').forEach(function (button) { button.disabled = true; });
  });
  on('htmx:afterRequest', function (event) {
    var form = event.detail.elt;
    if (form.tagName !== 'FORM') return;
    form.querySelectorAll('button').forEach(function (button) { button.disabled = false; });
  });

  // No answer at all: the page says so and keeps what was typed.
  on('htmx:sendError', function () {
    var told = document.getElementById('no-network');
    if (told) told.hidden = false;
  });

  // A camera reads codes: by the browser itself where it can, else by a script that is loaded when the button is pressed.
  // Where there is no camera there is no button, and the field takes whatever a scanner types.
  var camera = null;
  var native = null;

  function readsNatively() {
    if (!native) {
      // Some browsers name the reader and read nothing.
      native = !window.BarcodeDetector ? Promise.resolve(false) : Promise.resolve()
        .then(function () { return window.BarcodeDetector.getSupportedFormats(); })
        .then(function (formats) { return formats.indexOf('qr_code') >= 0; }, function () { return false; });
    }
    return native;
  }

  function offerCamera() {
    if (!navigator.mediaDevices || !navigator.mediaDevices.getUserMedia) return;
    document.querySelectorAll('[data-scan]').forEach(function (button) { button.hidden = false; });
  }

  function closeCamera() {
    var dialog = document.getElementById('camera');
    if (camera) camera.getTracks().forEach(function (track) { track.stop(); });
    camera = null;
    if (dialog && dialog.open) dialog.close();
  }

  function loadReader(path) {
    if (window.jsQR) return Promise.resolve();
    return new Promise(function (resolve, reject) {
      var script = document.createElement('script');
      script.src = path;
      script.onload = resolve;
      script.onerror = reject;
      document.head.appendChild(script);
    });
  }

  // What reads the text of a code from a video; nothing where none is seen.
  function makeReader(path) {
    return readsNatively().then(function (can) {
      if (can) {
        var detector = new window.BarcodeDetector({ formats: ['qr_code', 'code_128', 'code_39', 'ean_13'] });
        return function (video) {
          return detector.detect(video).then(function (codes) { return codes.length ? codes[0].rawValue : ''; });
        };
      }
      return loadReader(path).then(function () {
        var canvas = document.createElement('canvas');
        return function (video) {
          if (!video.videoWidth) return Promise.resolve('');
          var scale = Math.min(1, 800 / Math.max(video.videoWidth, video.videoHeight));
          canvas.width = Math.round(video.videoWidth * scale);
          canvas.height = Math.round(video.videoHeight * scale);
          var drawn = canvas.getContext('2d', { willReadFrequently: true });
          drawn.drawImage(video, 0, 0, canvas.width, canvas.height);
          var image = drawn.getImageData(0, 0, canvas.width, canvas.height);
          var code = window.jsQR(image.data, image.width, image.height, { inversionAttempts: 'dontInvert' });
          return Promise.resolve(code ? code.data : '');
        };
      });
    });
  }

  // A code goes into the field that the button names (data-scan). Either a button of that form is pressed then, by its
  // value (data-press), or the hand is led to what comes next (data-next).
  function take(button, field, text) {
    field.value = text;
    var press = button.getAttribute('data-press');
    // By its button, so that what it is called goes along.
    if (press) { field.form.querySelector('[value=' + press + ']').click(); return; }
    document.getElementById(button.getAttribute('data-next')).focus();
  }

  function openCamera(button) {
    var dialog = document.getElementById('camera');
    var field = document.getElementById(button.getAttribute('data-scan'));
    var video = dialog.querySelector('video');
    var none = document.getElementById('no-camera');
    if (none) none.hidden = true;
    var asked = { video: { facingMode: 'environment' } };
    Promise.all([makeReader(button.getAttribute('data-reader')), navigator.mediaDevices.getUserMedia(asked)]).then(function (ready) {
      var read = ready[0];
      camera = ready[1];
      dialog.showModal();
      video.srcObject = camera;
      video.play();
      (function look() {
        if (!camera) return;
        read(video).then(function (text) {
          if (!camera) return;
          if (!text) { setTimeout(look, 120); return; }
          closeCamera();
          take(button, field, text);
        }, function () { setTimeout(look, 300); });
      })();
    }, function () {
      if (none) none.hidden = false;
      field.focus();
    });
  }

  // A code that is shown for a while says how long yet, and is fetched anew when it runs out.
  function countDown() {
    var shown = document.querySelector('[data-left]');
    if (!shown) return;
    var left = Number(shown.getAttribute('data-left')) - 1;
    shown.setAttribute('data-left', String(left));
    shown.textContent = left > 0 ? left + ' ' + shown.getAttribute('data-unit') : shown.getAttribute('data-over');
    if (left <= 0 && left % 5 === 0 && window.htmx) window.htmx.trigger('#code', 'due');
  }
  setInterval(countDown, 1000);

  on('click', function (event) {
    if (!event.target.closest) return;
    var scan = event.target.closest('[data-scan]');
    if (scan) openCamera(scan);
    if (event.target.closest('[data-close]')) closeCamera();
  });

  // A page may bring a script of its own along; it is loaded once and told of each arrival.
  function arrive() {
    var wants = document.querySelector('[data-away]');
    if (!wants || !window.indexedDB || !window.Promise) return;
    if (window.nuanxinAway) { window.nuanxinAway(); return; }
    var script = document.createElement('script');
    script.src = wants.getAttribute('data-away');
    document.head.appendChild(script);
  }

  // Where nobody is logged in, nothing lets the next one hand goods out in the name of the one before; what waits to be
  // told stays.
  function forget() {
    if (document.querySelector('form[action="/logout"]')) return;
    if (window.caches) window.caches.delete('counter-1');
    if (!window.indexedDB) return;
    var asked = window.indexedDB.open('nuanxin-counter', 1);
    // As the counter makes it (counter/away.js), where there never was one.
    asked.onupgradeneeded = function () {
      asked.result.createObjectStore('queue', { keyPath: 'key' });
      asked.result.createObjectStore('kept');
    };
    asked.onsuccess = function () {
      var kept = asked.result.transaction('kept', 'readwrite').objectStore('kept');
      kept.delete(window.IDBKeyRange.bound('along/', 'along/\uffff'));
      asked.result.close();
    };
  }

  // What is wider than the screen is scrolled in its own frame, also by keyboard: older browsers want to be told. It may become
  // wider later: letters are enlarged, a part is unfolded, a telephone is turned.
  var growing = window.ResizeObserver && new window.ResizeObserver(reachScrolling);

  function watch(part) {
    if (!growing || part.isWatched) return;
    part.isWatched = true;
    growing.observe(part);
  }

  function reachScrolling() {
    document.querySelectorAll('.scroll, .chart').forEach(function (frame) {
      watch(frame);
      Array.prototype.forEach.call(frame.children, watch);
      if (frame.scrollWidth <= frame.clientWidth) return;
      var named = frame.querySelector('caption, [aria-label]');
      frame.tabIndex = 0;
      frame.setAttribute('role', 'group');
      frame.setAttribute('aria-label', named ? named.getAttribute('aria-label') || named.textContent : document.title);
    });
  }

  document.addEventListener('toggle', reachScrolling, true);
  window.addEventListener('resize', reachScrolling);
  on('htmx:afterSettle', reachScrolling);
  on('DOMContentLoaded', reachScrolling);
  on('htmx:afterSettle', forget);
  on('DOMContentLoaded', forget);
  on('htmx:afterSettle', arrive);
  on('DOMContentLoaded', arrive);
  on('htmx:afterSettle', focusFirst);
  on('htmx:afterSettle', offerCamera);
  on('htmx:beforeRequest', closeCamera);
  on('DOMContentLoaded', focusFirst);
  on('DOMContentLoaded', offerCamera);

  on('click', function (event) {
    var target = event.target.closest ? event.target.closest('[data-print]') : null;
    if (!target) return;
    // A button in a slip prints the slip and nothing beside it.
    var alone = target.getAttribute('data-print') && target.closest(target.getAttribute('data-print'));
    if (alone) {
      document.documentElement.classList.add('prints-alone');
      alone.classList.add('printed-alone');
    }
    window.print();
  });
  window.addEventListener('afterprint', function () {
    document.documentElement.classList.remove('prints-alone');
    document.querySelectorAll('.printed-alone').forEach(function (one) { one.classList.remove('printed-alone'); });
  });

  // A slider says where it stands while it is moved, and the page follows once the hand has let go. Keys move it step by step:
  // the page waits until they rest.
  var following = 0;
  function slider(event) {
    return event.target.matches && event.target.matches('input[type=range][data-follow]') ? event.target : null;
  }
  on('input', function (event) {
    var moved = slider(event);
    if (!moved) return;
    clearTimeout(following);
    var shown = document.getElementById(moved.getAttribute('data-follow'));
    if (shown) shown.textContent = moved.value;
  });
  on('change', function (event) {
    var moved = slider(event);
    if (!moved) return;
    clearTimeout(following);
    following = setTimeout(function () {
      if (document.contains(moved) && moved.form.requestSubmit) moved.form.requestSubmit();
    }, 400);
  });

  on('change', function (event) {
    var form = event.target.closest ? event.target.closest('form[data-submit]') : null;
    if (form && form.requestSubmit) form.requestSubmit();
  });
})();
