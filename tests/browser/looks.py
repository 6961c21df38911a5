"""What a test asks of a page, as scripts: each returns what is wrong, or what there is to see."""

OPEN_ALL = "document.querySelectorAll('details').forEach(each => each.open = true)"

# Against the screen's own width: `innerWidth` of a phone grows with what is too wide.
TOO_WIDE = """
const wide = [], screen = arguments[0];
for (const each of document.body.querySelectorAll('*')) {
  if (each.closest('.scroll') && !each.matches('.scroll')) continue;
  if (each.closest('svg') && each.localName !== 'svg') continue;
  const box = each.getBoundingClientRect();
  if (box.width && box.height && (box.right > screen + 0.5 || box.left < -0.5))
    wide.push(each.localName + '.' + (each.getAttribute('class') || '') + ' ' + Math.round(box.right));
}
const whole = document.documentElement.scrollWidth;
if (whole > screen) wide.push('page ' + whole);
return wide.slice(0, 10);
"""

PICTURES = """
return [...document.querySelectorAll('svg[role=img]')].map(each => {
  const box = each.getBoundingClientRect(), drawn = each.getBBox();
  const inks = [...each.querySelectorAll('path,rect')].filter(one => {
    const style = getComputedStyle(one);
    return style.stroke !== 'none' || style.fill !== 'none';
  });
  return {kind: each.getAttribute('class'), width: box.width, height: box.height, drawn: drawn.width,
          inks: inks.length, texts: each.querySelectorAll('text').length};
});
"""

# Relative luminance and contrast as WCAG 2 defines them, for every visible run of text, on what it stands on.
CONTRAST = r"""
const parse = text => {
  const found = text.match(/[\d.]+/g).map(Number);
  return text.startsWith('color(srgb') ? [...found.slice(0, 3).map(n => n * 255), found[3] ?? 1]
    : [...found.slice(0, 3), found[3] ?? 1];
};
const light = ([r, g, b]) => [r, g, b].map(n => n / 255)
  .map(n => n <= 0.04045 ? n / 12.92 : ((n + 0.055) / 1.055) ** 2.4)
  .reduce((sum, n, i) => sum + n * [0.2126, 0.7152, 0.0722][i], 0);
const over = (top, bottom) => [0, 1, 2].map(i => top[i] * top[3] + bottom[i] * (1 - top[3])).concat(1);
const ground = element => {
  const layers = [];
  for (let each = element; each; each = each.parentElement) {
    const colour = parse(getComputedStyle(each).backgroundColor);
    if (colour[3]) layers.push(colour);
    if (colour[3] === 1) break;
  }
  return layers.reverse().reduce((below, colour) => over(colour, below), [255, 255, 255, 1]);
};
const rects = [];
for (const picture of document.querySelectorAll('svg'))
  for (const each of picture.querySelectorAll('.band rect, .head'))
    rects.push([each, each.getBoundingClientRect(), parse(getComputedStyle(each).fill)]);
const behind = element => {
  const box = element.getBoundingClientRect(), x = box.left + box.width / 2, y = box.top + box.height / 2;
  const own = element.closest('svg');
  for (const [each, area, colour] of rects)
    if (own.contains(each) && area.left <= x && x <= area.right && area.top <= y && y <= area.bottom)
      return colour;
  return ground(own.parentElement);
};
const bad = [];
let seen = 0;
const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walk.nextNode()) {
  const node = walk.currentNode, element = node.parentElement;
  if (!node.data.trim() || !element.checkVisibility()) continue;
  if (element.closest('script,style,title,desc,option')) continue;
  const style = getComputedStyle(element), isSvg = element instanceof SVGElement;
  const colour = parse(isSvg ? style.fill : style.color);
  const below = isSvg ? behind(element) : ground(element);
  const [a, b] = [light(over(colour, below)), light(below)];
  const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  const size = parseFloat(style.fontSize), large = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
  seen += 1;
  if (ratio < (large ? 3 : 4.5))
    bad.push([ratio.toFixed(2), element.localName, element.className, node.data.trim()].join(' '));
}
return {seen, bad: [...new Set(bad)].slice(0, 10)};
"""

SHOWN_CASES = """
return [...document.querySelectorAll('.case')].filter(each => each.checkVisibility()).map(each => each.id);
"""
SHOWN_LANGUAGES = """
const seen = {en: 0, zh: 0};
for (const each of document.body.querySelectorAll('[lang=en],[lang=zh]'))
  if (each.checkVisibility()) seen[each.getAttribute('lang')] += 1;
return seen;
"""
