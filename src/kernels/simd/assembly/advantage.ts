/** Group-relative advantages of turns. A few hundred numbers: plain arithmetic in double precision. */

export function groupAdvantage(
  scores: usize, credits: usize, counts: usize, advantages: usize, normalised: usize,
  rows: i32, turns: i32, groupSize: i32, sampleStd: bool, epsilon: f64, normalizeByStd: bool,
): void {
  const alone = groupSize == 1;
  for (let start = 0; start < rows; start += groupSize) {
    const group = scores + (<usize>start << 2);
    const size = min(groupSize, rows - start);
    let mean: f64 = 0;
    let alike = !alone;
    for (let g = 0; g < size; g++) {
      const score = load<f32>(group + (<usize>g << 2));
      mean += score;
      if (score != load<f32>(group)) alike = false;
    }
    mean = alone ? 0 : mean / <f64>groupSize;
    let square: f64 = 0;
    for (let g = 0; g < size; g++) {
      const away = <f64>load<f32>(group + (<usize>g << 2)) - mean;
      square += away * away;
    }
    const std: f64 = alone ? 1 : sqrt(square / <f64>(sampleStd ? groupSize - 1 : groupSize));
    for (let g = 0; g < size; g++) {
      const f: f64 = alike ? 0 : (<f64>load<f32>(group + (<usize>g << 2)) - mean) / (normalizeByStd ? std + epsilon : 1);
      store<f32>(normalised + (<usize>(start + g) << 2), <f32>f);
      const row = <usize>(start + g) * (<usize>turns << 2);
      let sum: f64 = 0;
      let magnitude: f64 = 0;
      let tokens: f64 = 0;
      for (let t: usize = 0; t < <usize>turns << 2; t += 4) {
        const credit: f64 = load<f32>(credits + row + t);
        const count: f64 = load<f32>(counts + row + t);
        sum += credit * count;
        magnitude += abs(credit) * count;
        if (credit != 0) tokens += count;
      }
      for (let t: usize = 0; t < <usize>turns << 2; t += 4) {
        const credit: f64 = load<f32>(credits + row + t);
        store<f32>(advantages + row + t, abs(sum) <= 1e-6 * magnitude ? 0 : <f32>((f * credit * tokens) / sum));
      }
    }
  }
}
