(() => {
  const CELL = 8; // of the halved picture, 16 of the page
  const FAR = 30; // of 255, in one colour
  const load = async (data, type) => {
    const letters = atob(data);
    const bytes = new Uint8Array(letters.length);
    for (let at = 0; at < letters.length; at++) bytes[at] = letters.charCodeAt(at);
    return createImageBitmap(new Blob([bytes], { type }));
  };
  const draw = (image, width, height, scaled) => {
    const canvas = document.createElement('canvas');
    canvas.width = width;
    canvas.height = height;
    const pen = canvas.getContext('2d', { willReadFrequently: true });
    pen.fillStyle = '#fff';
    pen.fillRect(0, 0, width, height);
    pen.imageSmoothingQuality = 'high';
    pen.drawImage(image, 0, 0, scaled.width, scaled.height);
    return { canvas, pen };
  };
  const half = (image) => ({ width: Math.round(image.width / 2), height: Math.round(image.height / 2) });
  const cells = (pen, width, height) => {
    const { data } = pen.getImageData(0, 0, width, height);
    const across = Math.floor(width / CELL), down = Math.floor(height / CELL);
    const means = [];
    for (let row = 0; row < down; row++) for (let column = 0; column < across; column++) {
      const sum = [0, 0, 0];
      for (let y = row * CELL; y < row * CELL + CELL; y++) for (let x = column * CELL; x < column * CELL + CELL; x++)
        for (let colour = 0; colour < 3; colour++) sum[colour] += data[(y * width + x) * 4 + colour];
      means.push(sum.map((one) => one / CELL / CELL));
    }
    return { means, across };
  };
  return {
    async halved(picture) {
      const image = await load(picture, 'image/png');
      const { width, height } = half(image);
      return draw(image, width, height, { width, height }).canvas.toDataURL('image/jpeg', 0.8).split(',')[1];
    },
    async difference(picture, kept) {
      const [now, then] = [await load(picture, 'image/png'), await load(kept, 'image/jpeg')];
      const size = half(now);
      const width = Math.max(size.width, then.width), height = Math.max(size.height, then.height);
      const one = cells(draw(now, width, height, size).pen, width, height);
      const other = cells(draw(then, width, height, then).pen, width, height);
      let sum = 0;
      const far = [];
      one.means.forEach((mean, at) => {
        const apart = Math.max(...mean.map((colour, nth) => Math.abs(colour - other.means[at][nth])));
        sum += apart;
        if (apart > FAR) far.push([(at % one.across) * CELL * 2, Math.floor(at / one.across) * CELL * 2].join(','));
      });
      return {
        taller: (size.height - then.height) * 2,
        mean: sum / one.means.length,
        cells: (far.length * 1000) / one.means.length,
        at: far.slice(0, 6).join(' '),
      };
    },
  };
})()
