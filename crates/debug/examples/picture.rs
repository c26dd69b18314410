//! Draws the debugger's screen, as it is after keys, as an SVG:
//! `cargo run -p fossor-debug --example picture MODULE DIRECTORY KEYS OUTPUT`.
//!
//! The guest sees the directory as `/`. In the keys `\n` is Enter. `cargo xtask page
//! --debugger` makes the picture in `docs/` with it.

#[path = "../tests/screen/mod.rs"]
mod screen;

use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier};
use std::error::Error;
use std::fmt::Write;

/// Columns and rows.
const SIZE: (u16, u16) = (160, 46);
/// Units of a column and of a row.
const CELL: (u32, u32) = (8, 17);
const INK: &str = "#d8dee9";
const PAPER: &str = "#1d2129";

fn main() -> Result<(), Box<dyn Error>> {
    let words = Vec::from_iter(std::env::args().skip(1));
    let [module, directory, keys, output] = &words[..] else {
        return Err("usage: picture MODULE DIRECTORY KEYS OUTPUT".into());
    };
    let guest = screen::guest(&std::fs::read(module)?, Some(directory.into()));
    let screens = screen::screens(guest, SIZE, &keys.replace("\\n", "\n"));
    let last = screens.last().ok_or("nothing was drawn")?;
    std::fs::write(output, svg(last))?;
    Ok(())
}

fn svg(screen: &Buffer) -> String {
    let (width, height) = (u32::from(SIZE.0) * CELL.0, u32::from(SIZE.1) * CELL.1);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
         font-family=\"ui-monospace, 'DejaVu Sans Mono', monospace\" font-size=\"13\">\n\
         <rect width=\"{width}\" height=\"{height}\" fill=\"{PAPER}\"/>\n"
    );
    for (row, cells) in (0..).zip(screen.content.chunks(SIZE.0.into())) {
        let mut column = 0;
        for run in cells.chunk_by(|a, b| a.style() == b.style()) {
            draw(&mut svg, (column, row), run);
            column += run.len() as u32;
        }
    }
    svg + "</svg>\n"
}

/// Cells of one style. Spaces at their ends need no text.
fn draw(svg: &mut String, (column, row): (u32, u32), run: &[Cell]) {
    let is_reversed = run[0].modifier.contains(Modifier::REVERSED);
    let (x, y) = (column * CELL.0, row * CELL.1);
    if is_reversed {
        let width = run.len() as u32 * CELL.0;
        let _ = writeln!(
            svg,
            "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{}\" fill=\"{INK}\"/>",
            CELL.1
        );
    }
    let text = String::from_iter(run.iter().map(Cell::symbol));
    let begin = text.chars().take_while(|letter| *letter == ' ').count() as u32;
    let text = text.trim();
    if text.is_empty() {
        return;
    }
    let fill = match (is_reversed, run[0].fg) {
        (true, _) => PAPER,
        (_, Color::Yellow) => "#ebcb8b",
        (_, Color::Red) => "#e06c75",
        _ => INK,
    };
    let weight = match run[0].modifier.contains(Modifier::BOLD) {
        true => " font-weight=\"bold\"",
        false => "",
    };
    let length = text.chars().count() as u32 * CELL.0;
    let (x, y) = (x + begin * CELL.0, y + CELL.1 - 4);
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;");
    let _ = writeln!(
        svg,
        "<text x=\"{x}\" y=\"{y}\" textLength=\"{length}\" xml:space=\"preserve\" \
         fill=\"{fill}\"{weight}>{escaped}</text>"
    );
}
