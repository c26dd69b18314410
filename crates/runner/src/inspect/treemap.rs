//! A module's bytes as a picture: areas within areas, sections and, in the
//! code, packages; in Go's data, what it is.

use super::facts::Facts;
use super::text::size;
use std::fmt::Write as _;
use treemap::{MapItem, Mappable, Rect, TreemapLayout};

const WIDTH: f64 = 1200.0;
const HEIGHT: f64 = 800.0;

/// Areas smaller than this have no text in them.
const MIN_TEXT: (f64, f64) = (60.0, 14.0);

/// Pixels of a letter, about.
const LETTER: f64 = 6.5;

/// The picture, as SVG.
pub fn draw(facts: &Facts) -> String {
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" \
         font-family=\"sans-serif\" font-size=\"11\">\n"
    );
    let whole = Rect::from_points(0.0, 0.0, WIDTH, HEIGHT);
    for (index, (name, bytes, place)) in layout(&facts.sections, whole).into_iter().enumerate() {
        // Parts, what they are parts of, and their colour.
        let (parts, of, hue) = match name.as_str() {
            "code" => (&facts.packages[..], "code of ", 210),
            "data" => (&facts.data[..], "data: ", 140),
            _ => (&[][..], "", 0),
        };
        if parts.is_empty() {
            area(&mut svg, &name, &name, bytes, place, 30 + 25 * (index % 5));
        }
        for (part, bytes, place) in layout(parts, place) {
            area(&mut svg, &format!("{of}{part}"), &part, bytes, place, hue);
        }
    }
    svg.push_str("</svg>\n");
    svg
}

fn layout(sizes: &[(String, u64)], place: Rect) -> Vec<(String, u64, Rect)> {
    let sizes = sizes.iter().filter(|(_, bytes)| *bytes > 0);
    let sizes = Vec::from_iter(sizes);
    let items = sizes
        .iter()
        .map(|(_, bytes)| MapItem::with_size(*bytes as f64));
    let mut items = Vec::from_iter(items);
    TreemapLayout::new().layout_items(&mut items, place);
    let placed = sizes.iter().zip(&items);
    placed
        .map(|((name, bytes), item)| (name.clone(), *bytes, *item.bounds()))
        .collect()
}

fn area(svg: &mut String, title: &str, label: &str, bytes: u64, place: Rect, hue: usize) {
    let Rect { x, y, w, h } = place;
    let _ = write!(
        svg,
        "<g><title>{}: {}</title><rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{w:.1}\" \
         height=\"{h:.1}\" fill=\"hsl({hue},55%,78%)\" stroke=\"#fff\"/>",
        escaped(title),
        size(bytes)
    );
    if w >= MIN_TEXT.0 && h >= MIN_TEXT.1 {
        let letters = (w / LETTER) as usize;
        let text = Vec::from_iter(label.chars().take(letters));
        let text = escaped(&String::from_iter(text));
        let (left, base) = (x + 4.0, y + 12.0);
        let _ = write!(svg, "<text x=\"{left:.1}\" y=\"{base:.1}\">{text}</text>");
    }
    svg.push_str("</g>\n");
}

fn escaped(text: &str) -> String {
    let text = fossor_text::shown(text)
        .replace('&', "&amp;")
        .replace('<', "&lt;");
    text.replace('>', "&gt;").replace('"', "&quot;")
}
